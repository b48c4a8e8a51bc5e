// The process's one reader of events: LISTEN on its own connection, then the rows in the order of their sequence numbers.
// Invariant: a subscriber gets every event after the moment it subscribed, in order, each once; after a lost connection the feed catches up.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ChangeKind } from '@/contract/events';
import { changeKinds } from '@/contract/events';
import type { Db } from '../db/client';

export type EventRow = { seq: number; kind: ChangeKind; id: string; ownerId: string | null; data: unknown };
export type Feed = {
  /** The newest sequence number that this process has seen. */
  latest(): number;
  subscribe(listener: (rows: EventRow[]) => void): () => void;
  /** Rows after `seq`; null when some of them are no longer kept, or when no such number was ever given. */
  since(seq: number): Promise<EventRow[] | null>;
  close(): Promise<void>;
};

const batchSize = 1_000;
const replayLimit = 5_000;
const longestRetryMs = 5_000;
/** The first event is read at once; those that follow within this time together, so that a busy moment costs few reads of what changed. */
const gatherMs = 50;

/** Starts reading at the newest event. Throws when the database does not answer at once; later losses are mended by itself. */
export async function openFeed({ db, url }: { db: Db; url: string }): Promise<Feed> {
  const listeners = new Set<(rows: EventRow[]) => void>();
  let latest = await newestSeq(db);
  let closed = false;
  let reading: Promise<void> | null = null;
  let again = false;
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | undefined;

  const read = async () => {
    for (;;) {
      const rows = await rowsAfter(db, latest, batchSize);
      if (rows.length === 0) return;
      latest = rows.at(-1)?.seq ?? latest;
      for (const listener of listeners) listener(rows);
    }
  };
  const wake = () => {
    again = true;
    reading ??= (async () => {
      while (again && !closed) {
        again = false;
        await read().catch(() => {});
        await sleep(gatherMs);
      }
      reading = null;
    })();
  };
  const connect = async (delayMs: number): Promise<void> => {
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    next.on('notification', wake);
    next.on('error', () => {});
    next.on('end', () => {
      if (closed || client !== next) return;
      client = null;
      reconnect(100);
    });
    try {
      await next.connect();
      await next.query('LISTEN corral_event');
      if (closed) return void (await next.end());
      client = next;
      wake();
    } catch (error) {
      await next.end().catch(() => {});
      if (delayMs === 0) throw error;
      reconnect(Math.min(delayMs * 2, longestRetryMs));
    }
  };
  const reconnect = (delayMs: number) => {
    if (!closed) retry = setTimeout(() => void connect(delayMs), delayMs);
  };

  await connect(0);
  return {
    latest: () => latest,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    since: (seq) => replay(db, seq),
    async close() {
      closed = true;
      clearTimeout(retry);
      listeners.clear();
      await client?.end().catch(() => {});
      await reading;
    },
  };
}

async function newestSeq(db: Db): Promise<number> {
  const newest = await db.event.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true } });
  return Number(newest?.seq ?? 0);
}

async function replay(db: Db, seq: number): Promise<EventRow[] | null> {
  const oldest = await db.event.findFirst({ orderBy: { seq: 'asc' }, select: { seq: true } });
  // The row of `seq` itself must still be there (or be the one just before the oldest): only then nothing in between was pruned.
  if (seq > 0 && (!oldest || Number(oldest.seq) > seq + 1)) return null;
  if (seq > (await newestSeq(db))) return null;
  const rows = await rowsAfter(db, seq, replayLimit + 1);
  return rows.length > replayLimit ? null : rows;
}

async function rowsAfter(db: Db, seq: number, take: number): Promise<EventRow[]> {
  const rows = await db.event.findMany({ where: { seq: { gt: seq } }, orderBy: { seq: 'asc' }, take });
  return rows.flatMap((row) => {
    const kind = changeKinds.find((known) => known === row.kind);
    return kind
      ? [{ seq: Number(row.seq), kind, id: row.resourceId, ownerId: row.ownerId, data: row.data }]
      : [];
  });
}
