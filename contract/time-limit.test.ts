import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { withTimeLimit } from './time-limit';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const whenAborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));

test('the time is up also when garbage was collected meanwhile', async () => {
  const never = new AbortController().signal;
  const aborted = whenAborted(withTimeLimit(never, 50));
  collectGarbage();
  collectGarbage();
  expect(await aborted).toMatchObject({ name: 'TimeoutError' });
});

test('what aborts before that aborts it', async () => {
  const caller = new AbortController();
  const limited = withTimeLimit(caller.signal, 600_000);
  caller.abort(new Error('enough'));
  expect(limited.reason).toEqual(new Error('enough'));
});
