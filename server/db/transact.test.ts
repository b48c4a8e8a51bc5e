import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db, type Tx } from './client';
import { isDuplicate, transact } from './transact';

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
