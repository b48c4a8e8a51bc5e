import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase } from './test-database';
import { query } from './testing/query';

describe('createTestDatabase', () => {
  it('gives every caller a migrated database of its own', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await query(one.url, 'CREATE TABLE mine (id int)');
    const tables = await query(
      two.url,
      "SELECT to_regclass('mine') AS mine, to_regclass('_prisma_migrations') AS known",
    );
    expect(tables).toEqual([{ mine: null, known: '_prisma_migrations' }]);
    expect(await query(two.url, 'SELECT count(*)::int AS n FROM dbos.workflow_status')).toEqual([{ n: 0 }]);
    await Promise.all([one.drop(), two.drop()]);
  });

  it('drops a database that is still in use', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await database.drop();
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('does not exist');
  });
});
