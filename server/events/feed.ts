// The process's one reader of events: told of them by a connection that listens, it reads the rows in the order of their sequence numbers.
// Invariant: a subscriber gets every event after the moment it subscribed, in order, each once; after a lost connection the feed catches up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeKind } from '@/contract/events';
import { changeKinds } from '@/contract/events';
import type { Db } from '../db/client';
import { log } from '../log';
import { listenForEvents } from './listen';

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
const firstRetryMs = 100;
const longestRetryMs = 5_000;
/** The first event is read at once; those that follow within this time together, so that a busy moment costs few reads of what changed. */
const gatherMs = 50;
const defaultPingMs = 10_000;

/** Starts reading at the newest event. Throws when the database does not answer at once; later losses are mended by itself. */
export async function openFeed({
  db,
  url,
  pingMs = defaultPingMs,
}: {
  db: Db;
  url: string;
  pingMs?: number;
}): Promise<Feed> {
  const listeners = new Set<(rows: EventRow[]) => void>();
  const closing = new AbortController();
  let latest = await newestSeq(db);
  let reading: Promise<void> | null = null;
  let again = false;

  const read = async () => {
    for (;;) {
      const rows = await rowsAfter(db, latest, batchSize);
      if (rows.length === 0) return;
      latest = rows.at(-1)?.seq ?? latest;
      for (const listener of listeners) listener(rows);
    }
  };
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing.signal }).catch(() => {});
  const readAll = async () => {
    let retryMs = firstRetryMs;
    while (again && !closing.signal.aborted) {
      again = false;
      try {
        await read();
        retryMs = firstRetryMs;
        await pause(gatherMs);
      } catch (error) {
        log.warn({ error }, 'Cannot read what has changed; trying again');
        again = true;
        await pause(retryMs);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
    reading = null;
  };
  const wake = () => {
    again = true;
    reading ??= readAll();
  };

  const listening = await listenForEvents({ url, onWake: wake, pingMs });
  wake();
  return {
    latest: () => latest,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    since: (seq) => replay(db, seq),
    async close() {
      closing.abort();
      listeners.clear();
      await listening.close();
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
