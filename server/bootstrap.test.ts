import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { parseJoinToken } from '@/contract/join-token';
import { pages } from '@/contract/paths';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from './db/client';

const Answer = z.object({ setPasswordUrl: z.string().nullable(), joinToken: z.string().nullable() });

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 2);
  Object.assign(process.env, {
    DATABASE_URL: database.url,
    CORRAL_SECRET: 'a secret of the tests, long enough',
    CORRAL_URL: 'http://console.test:4300',
  });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** As the start does, once for each process. */
async function bootstrap(...args: string[]) {
  vi.resetModules();
  const argv = process.argv;
  process.argv = [...argv.slice(0, 2), ...args];
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./bootstrap');
  process.argv = argv;
  const line = String(said.mock.lastCall?.[0]);
  said.mockRestore();
  return Answer.parse(JSON.parse(line));
}

const isStored = async (token: string | null) =>
  (await db.joinToken.count({ where: { id: parseJoinToken(token ?? '')?.tokenId ?? '' } })) === 1;

it('makes a link for the first operator, which replaces the one before, until a password is set', async () => {
  const first = await bootstrap();
  expect(first).toEqual({ setPasswordUrl: expect.stringContaining(pages.welcome('')), joinToken: null });
  expect((await bootstrap()).setPasswordUrl).not.toBe(first.setPasswordUrl);
  expect(await db.passwordLink.findMany()).toMatchObject([{ choosesLogin: true, usedAt: null }]);
  expect(await db.cluster.count()).toBe(1);
  await db.user.updateMany({ data: { passwordHash: 'set' } });
  expect((await bootstrap()).setPasswordUrl).toBeNull();
});

it('makes a join token for a local agent that has not joined, or that this database does not know', async () => {
  expect(await isStored((await bootstrap('--join-token')).joinToken)).toBe(true);
  const unknown = ['--local-node', randomUUID(), '--local-address', '127.0.0.1:4400'];
  expect(await isStored((await bootstrap(...unknown)).joinToken)).toBe(true);
});

it('notes where the local agent that it knows listens now', async () => {
  const { id: clusterId } = await db.cluster.findFirstOrThrow();
  const node = await db.node.create({ data: { clusterId, name: 'here', address: '127.0.0.1:4400' } });
  const { joinToken } = await bootstrap('--local-node', node.id, '--local-address', '127.0.0.1:4500');
  expect(joinToken).toBeNull();
  expect(await db.node.findUnique({ where: { id: node.id } })).toMatchObject({ address: '127.0.0.1:4500' });
});
