import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { prepareOses } from './prepare-oses';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Fails as often as said, then succeeds. */
function prepareFailing(failures: number) {
  const said: string[] = [];
  const told = vi.fn();
  const prepare = vi.fn(async () => {
    if (prepare.mock.calls.length <= failures) throw new Error('no network');
  });
  const oses = [{ kind: 'tiny' as const, prepare }];
  return {
    preparation: prepareOses({ oses, log: (line) => said.push(line), onChange: told }),
    said,
    told,
    prepare,
  };
}

it('prepares once where that succeeds', async () => {
  const { prepare, told, said } = prepareFailing(0);
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect([prepare.mock.calls.length, told.mock.calls.length, said]).toEqual([1, 1, []]);
});

it('tries again, later and later, until it succeeds', async () => {
  const { prepare, told, said } = prepareFailing(2);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(prepare).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(prepare).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(119_999);
  expect(prepare).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect([prepare.mock.calls.length, told.mock.calls.length]).toEqual([3, 3]);
  expect(said).toEqual(Array(2).fill('cannot prepare OS tiny: no network'));
});

it('tries at once what waits, when it is asked to', async () => {
  const { prepare, preparation } = prepareFailing(1);
  await vi.advanceTimersByTimeAsync(0);
  preparation.again();
  await vi.advanceTimersByTimeAsync(0);
  expect(prepare).toHaveBeenCalledTimes(2);
  preparation.again();
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(prepare).toHaveBeenCalledTimes(2);
});

it('tries nothing when it was stopped', async () => {
  const { prepare, preparation } = prepareFailing(9);
  await vi.advanceTimersByTimeAsync(0);
  preparation.stop();
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(prepare).toHaveBeenCalledTimes(1);
});
