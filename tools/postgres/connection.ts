// A connection of its own for one piece of work. The signal breaks it off wherever it hangs: while it is made, or in a statement that waits.
import { Socket } from 'node:net';
import pg from 'pg';

const defaultConnectTimeoutMs = 10_000;

export type ConnectionOptions = { url: string; signal?: AbortSignal; connectTimeoutMs?: number };

/** The work may call `holdOn`: what runs from then on is not broken off. */
export async function withConnection<T>(
  { url, signal, connectTimeoutMs = defaultConnectTimeoutMs }: ConnectionOptions,
  work: (client: pg.Client, holdOn: () => void) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    stream: () => socket,
  });
  // A connection that breaks while nothing is asked is noticed by the next statement.
  client.on('error', () => undefined);
  const breakOff = () => void socket.destroy();
  const holdOn = () => signal?.removeEventListener('abort', breakOff);
  signal?.addEventListener('abort', breakOff, { once: true });
  try {
    await client.connect();
    return await work(client, holdOn);
  } catch (error) {
    if (socket.destroyed) signal?.throwIfAborted();
    throw error;
  } finally {
    holdOn();
    await client.end().catch(() => undefined);
  }
}
