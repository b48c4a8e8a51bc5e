import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets those who ask at the same time share one answer. A reading begins a turn after it was first asked for; whoever asks while one is under
 * way gets the next one's, so that nobody is told what was true before they asked.
 */
export function shareReads<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    if (next) return next;
    const mine = Promise.all([last, nextTurn()]).then(() => {
      next = null;
      return read();
    });
    next = mine;
    last = mine.catch(() => {});
    return mine;
  };
}
