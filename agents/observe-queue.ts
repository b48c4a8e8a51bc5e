// What one watcher has not read yet. It is bounded: a watcher that does not read is cut off, and reads a fresh snapshot when it comes back.
import type { Observation } from '@/contract/agent-calls';

export type ObservationQueue = {
  push(observation: Observation): void;
  /** Ends by itself when the signal aborts, or when more than `limit` observations wait. */
  read(signal: AbortSignal): AsyncGenerator<Observation, void>;
};

export function createObservationQueue(limit: number): ObservationQueue {
  const waiting: Observation[] = [];
  let overflown = false;
  let wake = () => {};
  return {
    push: (observation) => {
      if (waiting.length >= limit) overflown = true;
      else if (!overflown) waiting.push(observation);
      wake();
    },
    read: async function* (signal) {
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted && !overflown) {
          const next = waiting.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
