import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import type { Actor } from '../auth/actor';
import { createDb, type Db } from '../db/client';
import { openFeed, type Feed } from './feed';
import { publish } from './publish';
import { readSse, type SseMessage } from './testing/sse-reader';
import { eventStream, type LoadViews, type ViewData } from './stream';

const operator = actor('operator');
const customer = actor('customer');
const loadViews: LoadViews = async (kind, ids) => new Map(ids.map((id) => [id, { kind, id, fresh: true }]));

let database: TestDatabase;
let db: Db;
let feed: Feed;
/** Customers read lines without what is secret. */
const viewData: ViewData = async (_kind, data, viewer) =>
  viewer.role === 'operator' ? data : { hidden: true };
const open: { return(): Promise<unknown> }[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
  feed = await openFeed({ db, url: database.url });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((reader) => reader.return()));
  await feed.close();
  await db.$disconnect();
  await database.drop();
});

describe('the live stream', () => {
  it('says hello, then sends each change with its sequence number and the resource as it is now', async () => {
    const next = stream(operator);
    expect(await next()).toMatchObject({ event: 'hello', data: { seq: 0 } });
    await publish(db, { kind: 'instance', id: 'a', ownerId: null });
    expect(await next()).toMatchObject({
      id: '1',
      event: 'change',
      data: { kind: 'instance', id: 'a', data: { fresh: true } },
    });
  });

  it('sends a customer only what it owns', async () => {
    const next = stream(customer);
    await next();
    await publish(db, { kind: 'instance', id: 'foreign', ownerId: randomUUID() }, { kind: 'node', id: 'n1' });
    await publish(db, { kind: 'instance', id: 'own', ownerId: customer.userId });
    expect(await next()).toMatchObject({ id: '3', data: { id: 'own' } });
  });

  it('resumes after the last sequence number that the page has seen', async () => {
    await publish(
      db,
      { kind: 'instance', id: 'a' },
      { kind: 'instance', id: 'b' },
      { kind: 'instance', id: 'c' },
    );
    const next = stream(operator, { lastSeq: 1 });
    expect(await next()).toMatchObject({ event: 'hello', data: { seq: 1 } });
    expect([await next(), await next()].map((m) => m?.id)).toEqual(['2', '3']);
  });

  it('asks for a resync when what was missed is no longer kept, or comes from another database', async () => {
    await publish(
      db,
      { kind: 'instance', id: 'a' },
      { kind: 'instance', id: 'b' },
      { kind: 'instance', id: 'c' },
    );
    await db.event.deleteMany({ where: { seq: { lt: 3 } } });
    expect(await stream(operator, { lastSeq: 1 })()).toMatchObject({ event: 'resync' });
    expect(await stream(operator, { lastSeq: 99 })()).toMatchObject({ event: 'resync' });
  });

  it('carries log lines inside, each of them', async () => {
    const next = stream(operator);
    await next();
    for (const n of [1, 2]) await publish(db, { kind: 'job-log', id: '7', data: { lines: [n] } });
    expect([(await next())?.data, (await next())?.data]).toEqual([
      { kind: 'job-log', id: '7', data: { lines: [1] } },
      { kind: 'job-log', id: '7', data: { lines: [2] } },
    ]);
  });

  it('sends log lines as their reader may read them', async () => {
    const next = stream(customer);
    await next();
    await publish(db, {
      kind: 'job-log',
      id: '7',
      ownerId: customer.userId,
      data: { lines: ['Placed on rhino7'] },
    });
    expect(await next()).toMatchObject({ data: { kind: 'job-log', data: { hidden: true } } });
  });

  it('shows sequence numbers in order although transactions overlap', async () => {
    const next = stream(operator);
    await next();
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        db.$transaction(async (tx) => publish(tx, { kind: 'job-log', id: String(n), data: {} })),
      ),
    );
    const seen: number[] = [];
    while (seen.length < 40) seen.push(Number((await next())?.id));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(new Set(seen).size).toBe(40);
  });

  it('ends as soon as the session does', async () => {
    let session: Actor | null = customer;
    const next = stream(customer, { revalidate: async () => session });
    await next();
    session = null;
    await publish(db, { kind: 'user', id: customer.userId });
    expect(await next()).toBeUndefined();
  });

  it('cuts a receiver that never reads', async () => {
    const response = request(operator, {});
    const big = 'x'.repeat(700_000);
    for (let n = 0; n < 8; n++) await publish(db, { kind: 'job-log', id: String(n), data: { big } });
    const ids: (string | null)[] = [];
    await publish(db, { kind: 'job-log', id: 'late', data: {} });
    await feedReached(9);
    // Only now it reads: what was buffered comes, then the end instead of the rest.
    for await (const message of readSse(bodyOf(response))) ids.push(message.id);
    expect(ids.length).toBeLessThan(9);
  });

  it('beats when nothing changes', async () => {
    const next = stream(operator, { beatMs: 5 });
    await next();
    expect(await next()).toMatchObject({ event: 'beat' });
  });

  it('catches up after the feed lost its connection', async () => {
    const next = stream(operator);
    await next();
    await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN corral_event'`;
    await publish(db, { kind: 'instance', id: 'after' });
    expect(await next()).toMatchObject({ data: { id: 'after' } });
  });
});

function feedReached(seq: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => feed.latest() >= seq && resolve();
    feed.subscribe(look);
    look();
  });
}

type Options = { lastSeq?: number | null; revalidate?: () => Promise<Actor | null>; beatMs?: number };

function request(
  who: Actor,
  { lastSeq = null, revalidate = async () => who, beatMs = 60_000 }: Options,
): Response {
  return eventStream({
    feed,
    actor: who,
    loadViews,
    viewData,
    revalidate,
    lastSeq,
    signal: new AbortController().signal,
    beatMs,
  });
}

/** Opens a stream; each call of the answer gives the next message, undefined at the end. */
function stream(who: Actor, options: Options = {}): () => Promise<SseMessage | undefined> {
  const reader = readSse(bodyOf(request(who, options)));
  open.push({ return: () => reader.return(undefined) });
  return async () => (await reader.next()).value ?? undefined;
}

function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (!response.body) throw new Error('no body');
  return response.body;
}

function actor(role: Actor['role']): Actor {
  return { userId: randomUUID(), sessionId: randomUUID(), login: role, name: role, role, address: null };
}
