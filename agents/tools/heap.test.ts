import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { afterEach, expect, it, vi } from 'vitest';
import { collectAfterwards, createBufferCollector } from './heap';

const pieceBytes = 16 * 1024;
const bytesPerMiB = 1024 * 1024;

afterEach(() => void vi.useRealTimers());

it('keeps what is read and done with from adding up', async () => {
  const tell = createBufferCollector();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let count = 0; count < 2_000; count++) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    tell(piece.length);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    if (count % 16 === 0) await nextTurn();
  }
  expect(most).toBeLessThan(6 * bytesPerMiB);
});

it('gives back what was taken for old during a stream, holes between what stays included', () => {
  vi.useFakeTimers();
  const before = oldSpaceMiB();
  const kept = makeOld();
  const grown = oldSpaceMiB() - before;
  // Every tenth stays: no page of the heap is empty.
  for (let at = 0; at < kept.length; at++) if (at % 10 > 0) kept[at] = null;
  collectAfterwards();
  vi.advanceTimersByTime(20_000);
  collectAfterwards();
  vi.advanceTimersByTime(29_000);
  expect(oldSpaceMiB() - before).toBeGreaterThan(grown / 2);
  vi.advanceTimersByTime(1_000);
  expect(oldSpaceMiB() - before).toBeLessThan(grown / 3);
  expect(kept[0]).toEqual({ at: 0 });
});

/** Objects that were in use at several small collections. */
function makeOld(): ({ at: number } | null)[] {
  const tell = createBufferCollector();
  const made = Array.from({ length: 200_000 }, (_, at) => ({ at }));
  for (let count = 0; count < 4; count++) tell(4 * bytesPerMiB);
  return made;
}

const oldSpaceMiB = () =>
  (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_size ?? 0) /
  bytesPerMiB;
