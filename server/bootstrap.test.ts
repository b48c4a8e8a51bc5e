import { randomUUID } from 'node:crypto';
import path from 'node:path';
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
    CORRAL_DIST: path.join(import.meta.dirname, 'install/testing/programs'),
  });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** As the start does, once for each process. */
async function bootstrap(...args: string[]) {
  return Answer.parse(await run(...args));
}

async function run(...args: string[]): Promise<unknown> {
  vi.resetModules();
  const argv = process.argv;
  process.argv = [...argv.slice(0, 2), ...args];
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./bootstrap');
  process.argv = argv;
  const line = String(said.mock.lastCall?.[0]);
  said.mockRestore();
  return JSON.parse(line);
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

it('makes commands with which machines become nodes, and leaves the link of the first operator alone', async () => {
  await db.user.updateMany({ data: { passwordHash: null } });
  await bootstrap();
  const links = await db.passwordLink.findMany();
  const { installCommands } = z
    .object({ installCommands: z.array(z.string()) })
    .parse(await run('--install-commands', '2'));
  const tokens = installCommands.map((command) => /CORRAL_JOIN_TOKEN=(\S+)/.exec(command)?.[1] ?? null);
  expect(new Set(tokens).size).toBe(2);
  expect(await Promise.all(tokens.map(isStored))).toEqual([true, true]);
  expect(await db.passwordLink.findMany()).toEqual(links);
});

it('notes where the local agent that it knows listens now', async () => {
  const { id: clusterId } = await db.cluster.findFirstOrThrow();
  const node = await db.node.create({ data: { clusterId, name: 'here', address: '127.0.0.1:4400' } });
  const { joinToken } = await bootstrap('--local-node', node.id, '--local-address', '127.0.0.1:4500');
  expect(joinToken).toBeNull();
  expect(await db.node.findUnique({ where: { id: node.id } })).toMatchObject({ address: '127.0.0.1:4500' });
});
