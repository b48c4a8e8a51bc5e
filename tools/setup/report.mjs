// What the person at the terminal sees of long work: one line a step, with the seconds it took.
import { performance } from 'node:perf_hooks';

const heartbeatMs = 10_000;

/** A failure that the person can act upon: printed as one line, without a stack. */
export class SetupError extends Error {}

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAt = performance.now();
  const elapsed = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  console.log(`${title} …`);
  const heartbeat = setInterval(() => console.log(`${title} … ${elapsed()}`), heartbeatMs);
  try {
    const result = await work();
    console.log(`${title}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Ends a command-line program: one line for what the person can repair, everything for what they cannot. */
export function exitWithError(error) {
  console.error(error instanceof SetupError ? `Error: ${error.message}` : error);
  process.exit(1);
}
