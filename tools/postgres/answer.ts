// Whether a server answers, and is the one that is meant.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { withConnection } from './connection';

/** `starting`: it is there and lets nobody in yet, as while it recovers from a crash. */
export type Answer = 'ready' | 'starting' | 'none';

const pollMs = 25;
const connectTimeoutMs = 5_000;
const cannotConnectNow = '57P03';

export async function askServer(
  { url, dataDirectory }: { url: string; dataDirectory: string },
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return await withConnection({ url, signal, connectTimeoutMs }, async (client) => {
      const { rows } = await client.query('SHOW data_directory');
      return rows[0]?.data_directory === dataDirectory ? 'ready' : 'none';
    });
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof pg.DatabaseError && error.code === cannotConnectNow ? 'starting' : 'none';
  }
}

export type Waiting = {
  ask: () => Promise<Answer>;
  isAlive: () => boolean;
  timeoutMs: number;
  signal?: AbortSignal;
};

/** False when it ended, or gave no answer for so long. Recovery takes the time that it takes, and does not count. */
export async function waitUntilReady({ ask, isAlive, timeoutMs, signal }: Waiting): Promise<boolean> {
  let deadline = Date.now() + timeoutMs;
  while (isAlive()) {
    const answer = await ask();
    if (answer === 'ready') return true;
    if (answer === 'starting') deadline = Date.now() + timeoutMs;
    else if (Date.now() >= deadline) return false;
    await delay(pollMs, undefined, { signal });
  }
  return false;
}
