import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { type Feed, openFeed } from './feed';
import { publish } from './publish';

const hour = 3_600_000;
const patience = { timeout: 20_000 };
let database: TestDatabase;
let db: Db;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 3);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await db.$disconnect();
  await database.drop();
});

async function open(options: Partial<Parameters<typeof openFeed>[0]>): Promise<Feed> {
  const feed = await openFeed({ db, url: database.url, pingMs: hour, ...options });
  closers.push(() => feed.close());
  return feed;
}

function nextId(feed: Feed): Promise<string | undefined> {
  return new Promise((resolve) => feed.subscribe((rows) => resolve(rows[0]?.id)));
}

/** Between the feed and the database; `goDeaf` lets nothing through any more on what is connected, and says nothing of it. */
async function startProxy(url: string) {
  const target = new URL(url);
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const proxied = new URL(url);
  // TCP: the only address of a server that listens on a port.
  const { port } = server.address() as AddressInfo;
  proxied.host = `127.0.0.1:${port}`;
  return {
    url: proxied.toString(),
    connections: () => sockets.length / 2,
    goDeaf() {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}

it('listens on another connection when its own one is ended', async () => {
  const feed = await open({});
  await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN corral_event'`;
  const next = nextId(feed);
  await publish(db, { kind: 'instance', id: 'after' });
  expect(await next).toBe('after');
});

it('listens on another connection when its own one does not answer any more', async () => {
  const proxy = await startProxy(database.url);
  const feed = await open({ url: proxy.url, pingMs: 200 });
  proxy.goDeaf();
  const next = nextId(feed);
  await publish(db, { kind: 'instance', id: 'after' });
  expect(await next).toBe('after');
  expect(proxy.connections()).toBeGreaterThan(1);
});

it('finds what it was not notified of when it looks after its connection', async () => {
  const feed = await open({ pingMs: 200 });
  const next = nextId(feed);
  await db.event.create({ data: { kind: 'instance', resourceId: 'unheard' } });
  expect(await next).toBe('unheard');
});

it('reads again what it could not read', async () => {
  const impatient = new URL(database.url);
  impatient.searchParams.set('options', '-c lock_timeout=300');
  const readerDb = createDb(impatient.toString(), 1);
  closers.push(() => readerDb.$disconnect());
  const feed = await open({ db: readerDb });
  const next = nextId(feed);
  const readers = async () => {
    const [row] = await db.$queryRaw<{ waiting: bigint }[]>`
      SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return Number(row?.waiting);
  };
  await db.$transaction(async (tx) => {
    await tx.event.create({ data: { kind: 'instance', resourceId: 'late' } });
    await tx.$executeRaw`LOCK TABLE "Event" IN ACCESS EXCLUSIVE MODE`;
    await db.$queryRaw`SELECT pg_notify('corral_event', '')::text`;
    await expect.poll(readers, patience).toBe(1);
    await expect.poll(readers, patience).toBe(0);
  });
  expect(await next).toBe('late');
});
