// The connection that LISTENs for events. When it is lost, or says nothing although it is asked, it is made anew until it is closed.
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig } from '../db/connection';
import { log } from '../log';

export type ListenRequest = {
  url: string;
  /** Called when there may be events, and whenever the connection was looked after: a notification may have been lost. */
  onWake: () => void;
  pingMs: number;
};

const connectTimeoutMs = 5_000;
const firstRetryMs = 100;
const longestRetryMs = 5_000;

/** Throws when the database does not answer at once; later losses are mended by itself. */
export async function listenForEvents(request: ListenRequest): Promise<{ close: () => Promise<void> }> {
  const closing = new AbortController();
  let connection = await connect(request);
  const listening = (async () => {
    for (;;) {
      await connection.lost;
      if (closing.signal.aborted) return;
      log.warn('The connection that hears of changes is lost; connecting again');
      const next = await reconnect(request, closing.signal);
      if (!next) return;
      connection = next;
    }
  })();
  return {
    async close() {
      closing.abort();
      await connection.close();
      await listening;
    },
  };
}

type Connection = { lost: Promise<void>; close: () => Promise<void> };

async function connect({ url, onWake, pingMs }: ListenRequest): Promise<Connection> {
  const socket = new Socket();
  const client = new pg.Client({
    ...connectionConfig(url),
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: pingMs / 2,
    stream: () => socket,
  });
  client.on('notification', onWake);
  // `end` follows.
  client.on('error', () => {});
  const lost = new Promise<void>((resolve) => void client.once('end', () => resolve()));
  try {
    await client.connect();
    await client.query('LISTEN corral_event');
  } catch (error) {
    socket.destroy();
    throw error;
  }
  // Destroyed, not ended: nobody may be there to take leave of.
  const ping = setInterval(() => void client.query('SELECT 1').then(onWake, () => socket.destroy()), pingMs);
  void lost.then(() => clearInterval(ping));
  return { lost, close: () => client.end().catch(() => {}) };
}

async function reconnect(request: ListenRequest, signal: AbortSignal): Promise<Connection | null> {
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
    await sleep(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return null;
    const connection = await connect(request).catch(() => null);
    if (!connection) continue;
    if (!signal.aborted) {
      request.onWake();
      return connection;
    }
    await connection.close();
    return null;
  }
}
