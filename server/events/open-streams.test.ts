import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { httpStatusOf } from '@/contract/errors';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import type { Actor } from '../auth/actor';
import { createDb, type Db } from '../db/client';
import { type Feed, openFeed } from './feed';
import { openStream, streamLimit } from './open-streams';

let database: TestDatabase;
let db: Db;
let feed: Feed;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 2);
  feed = await openFeed({ db, url: database.url });
});
afterAll(async () => {
  await feed.close();
  await db.$disconnect();
  await database.drop();
});

function actorNamed(name: string): Actor {
  return {
    ...{ userId: randomUUID(), sessionId: randomUUID(), login: name, name },
    ...{ role: 'customer', address: null },
  };
}

function open(actor: Actor, { signal = new AbortController().signal, isOver = false } = {}): Response {
  return openStream({
    ...{ feed, actor, signal, lastSeq: null, beatMs: isOver ? 1 : 60_000 },
    loadViews: async () => new Map(),
    viewData: async () => null,
    revalidate: async () => (isOver ? null : actor),
  });
}

it('are so many for each user, and another one when one has ended, however it ended', async () => {
  const [ada, bob] = [actorNamed('ada'), actorNamed('bob')];
  const leaving = new AbortController();
  const left = open(ada, { signal: leaving.signal });
  const signedOut = open(ada, { isOver: true });
  const closed = open(ada);
  await signedOut.text();
  const others = Array.from({ length: streamLimit.atOnce - 2 }, () => open(ada));
  expect(() => open(ada)).toThrow('open already');
  expect(open(bob).ok).toBe(true);
  leaving.abort();
  await left.text();
  expect(open(ada).ok).toBe(true);
  expect(() => open(ada)).toThrow('open already');
  for (const stream of [closed, ...others]) await stream.body?.cancel();
  expect(open(ada).ok).toBe(true);
});

it('are refused with a status that says to wait', () => {
  expect(httpStatusOf[streamLimit.code]).toBe(429);
});
