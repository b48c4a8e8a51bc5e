// The one engine that works: it holds an advisory lock on a connection of its own, which also listens for new and canceled jobs.
// Losing that connection is losing the leadership, so the process that hears `onLost` ends and leaves the rest to its successor.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig } from '../db/connection';
import { jobChannel } from './submit';

const leaderLock = 4_714_002;
const standbyRetryMs = 500;
const pingTimeoutMs = 5_000;

export type Leader = {
  /** Calls back for each notification about a job. */
  onJob: (listener: () => void) => void;
  /** Resolves while the lock is held; else rejects. */
  confirm: () => Promise<void>;
  close: () => Promise<void>;
};

/** Waits until no other engine is active. `onWait` hears once that there is one. */
export async function becomeLeader(request: {
  url: string;
  onLost: (reason: string) => void;
  onWait?: () => void;
  signal?: AbortSignal;
}): Promise<Leader> {
  const client = new pg.Client({
    ...connectionConfig(request.url),
    query_timeout: pingTimeoutMs,
  });
  let listener: () => void = () => {};
  let closed = false;
  const lose = (reason: string) => {
    if (closed) return;
    closed = true;
    request.onLost(reason);
  };
  client.on('notification', () => listener());
  client.on('error', (error) => lose(error.message));
  client.on('end', () => lose('the connection ended'));
  try {
    await client.connect();
    await acquire(client, request);
    await client.query(`LISTEN ${jobChannel}`);
  } catch (error) {
    closed = true;
    await client.end().catch(() => {});
    throw error;
  }
  return {
    onJob(next) {
      listener = next;
    },
    async confirm() {
      await client.query('SELECT 1');
    },
    async close() {
      closed = true;
      await client.end().catch(() => {});
    },
  };
}

async function acquire(client: pg.Client, { onWait, signal }: { onWait?: () => void; signal?: AbortSignal }) {
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS held', [leaderLock]);
    if (rows[0]?.held === true) return;
    if (attempt === 0) onWait?.();
    await sleep(standbyRetryMs, undefined, { signal });
  }
}
