import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createBufferCollector } from './collect-buffers';

const pieceBytes = 16 * 1024;

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
  expect(most).toBeLessThan(6 * 1024 * 1024);
});
