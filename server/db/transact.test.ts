import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db, type Tx } from './client';
import { isDuplicate, isOutage, transact } from './transact';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
  await db.secret.createMany({ data: ['a', 'b'].map((name) => ({ name, value: '0' })) });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const orm = (tx: Tx, name: string) => tx.secret.update({ where: { name }, data: { value: 'new' } });
const raw = (tx: Tx, name: string) => tx.$queryRaw`SELECT name FROM "Secret" WHERE name = ${name} FOR UPDATE`;

describe('a transaction', () => {
  it.each([
    ['the client', orm],
    ['SQL', raw],
  ])('runs again when it met another one crosswise, locked by %s', async (_, lock) => {
    let runs = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => (meet = resolve));
    const cross = (first: string, second: string) =>
      transact(db, async (tx) => {
        runs += 1;
        await lock(tx, first);
        // Both hold their first row before either asks for the second one.
        if (runs === 2) meet();
        await met;
        await lock(tx, second);
        return second;
      });
    expect(await Promise.all([cross('a', 'b'), cross('b', 'a')])).toEqual(['b', 'a']);
    expect(runs).toBe(3);
  });

  it('runs again when it found no connection in time', async () => {
    const full = createDb(database.url, 1);
    let runs = 0;
    const answer = await full.$transaction(() =>
      transact(db, async () => {
        runs += 1;
        if (runs === 1) await full.$transaction(async () => {}, { maxWait: 1 });
        return runs;
      }),
    );
    expect(answer).toBe(2);
    await full.$disconnect();
  });

  it.each([
    ['SQL', (tx: Tx) => tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`],
    [
      'the client, later',
      async (tx: Tx) => {
        await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`.catch(() => {});
        await tx.secret.count();
      },
    ],
  ])('tells a lost connection, met by %s, from a refused query', async (_, work) => {
    const lost: unknown = await transact(db, work).catch((thrown: unknown) => thrown);
    const refused: unknown = await transact(db, (tx) => tx.$queryRaw`SELECT nothing`).catch(
      (thrown) => thrown,
    );
    expect([isOutage(lost), isOutage(refused), isOutage(new Error('x'))]).toEqual([true, false, false]);
  });

  it('tells a database that is not reachable from one that refuses', async () => {
    const gone = createDb('postgresql://nobody@127.0.0.1:1/nothing', 1);
    const orm: unknown = await gone.secret.count().catch((thrown: unknown) => thrown);
    const sql: unknown = await gone.$queryRaw`SELECT 1`.catch((thrown: unknown) => thrown);
    expect([isOutage(orm), isOutage(sql)]).toEqual([true, true]);
  });

  it('does not run again for another error, and leaves nothing of itself', async () => {
    let runs = 0;
    const attempt = transact(db, async (tx) => {
      runs += 1;
      await tx.secret.create({ data: { name: 'c', value: '' } });
      await tx.secret.create({ data: { name: 'c', value: '' } });
    });
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect([isDuplicate(error), isDuplicate(new Error('x')), runs]).toEqual([true, false, 1]);
    expect(await db.secret.count({ where: { name: 'c' } })).toBe(0);
  });
});
