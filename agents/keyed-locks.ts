// Work on one thing (calls on one instance, creations of disks) runs one after another, in the order it came; work on different things
// does not wait for each other.
import { AppError } from '@/contract/errors';

export type KeyedLocks = {
  /** Runs `work` when it is its turn; `canceled` when the signal aborts while it waits. */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
};

export function createKeyedLocks(): KeyedLocks {
  const tails = new Map<string, Promise<void>>();
  return {
    run: async (key, work, signal) => {
      const before = tails.get(key) ?? Promise.resolve();
      let release = () => {};
      const mine = new Promise<void>((resolve) => (release = resolve));
      const tail = before.then(() => mine);
      tails.set(key, tail);
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      try {
        await untilAborted(before, signal);
        return await work();
      } finally {
        release();
      }
    },
  };
}

async function untilAborted(turn: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (!signal) return turn;
  const canceled = () => new AppError('canceled', 'Canceled while waiting for another one to end');
  if (signal.aborted) throw canceled();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(canceled());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
