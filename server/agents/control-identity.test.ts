import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { loadControlIdentity } from './control-identity';

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
});

afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

it('is made once, also when two processes start at the same time', async () => {
  const key = 'k'.repeat(32);
  const [one, two] = await Promise.all([loadControlIdentity(db, key), loadControlIdentity(db, key)]);
  expect(one.ca).toEqual(two.ca);
  expect(await loadControlIdentity(db, key)).toEqual(one);
});

it('keeps no key in the clear and cannot be read with another secret', async () => {
  await loadControlIdentity(db, 'k'.repeat(32));
  const rows = await db.secret.findMany();
  expect(rows.map((row) => row.name).sort()).toEqual(['ca', 'control-certificate']);
  expect(rows.filter((row) => row.value.includes('PRIVATE KEY'))).toEqual([]);
  await expect(loadControlIdentity(db, 'x'.repeat(32))).rejects.toThrow('CORRAL_SECRET');
});
