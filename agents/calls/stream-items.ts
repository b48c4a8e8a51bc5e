// Turns a reporting handler into the stream of items that travels to the caller.
import type { StreamItem } from '@/contract/agent-calls';
import type { CallContext } from './handlers';

/** Lines beyond this wait for nobody: a caller that does not read loses the oldest log lines, never the result. */
const waitingLimit = 1_000;

export async function* streamItems<R>(
  signal: AbortSignal,
  handle: (call: CallContext) => Promise<R>,
): AsyncGenerator<StreamItem<R>, void> {
  const waiting: StreamItem<R>[] = [];
  let wake = () => {};
  const push = (item: StreamItem<R>) => {
    waiting.push(item);
    if (waiting.length > waitingLimit) waiting.shift();
    wake();
  };
  let ended = false;
  const outcome = handle({
    signal,
    log: (message, level = 'info') => push({ kind: 'log', level, message }),
    progress: (done) => push({ kind: 'progress', done: Math.min(1, Math.max(0, done)) }),
  }).finally(() => {
    ended = true;
    wake();
  });
  // Its failure is thrown below, once all that was said before it has been passed on.
  outcome.catch(() => {});
  while (!ended || waiting.length > 0) {
    const item = waiting.shift();
    if (item) yield item;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  yield { kind: 'result', result: await outcome };
}
