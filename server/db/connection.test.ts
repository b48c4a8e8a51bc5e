import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { launchWorkflows } from '../jobs/workflows';
import { createDb } from './client';
import { connectionConfig, withSessionSettings } from './connection';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function ask(url: string, setting: string): Promise<unknown> {
  const client = new pg.Client(connectionConfig(url));
  await client.connect();
  const { rows } = await client.query('SELECT current_setting($1) AS value', [setting]);
  await client.end();
  return rows[0]?.value;
}

function withOptions(options: string): string {
  const url = new URL(database.url);
  url.searchParams.set('options', options);
  return url.toString();
}

describe('a connection to the database', () => {
  it.each([
    ['idle_in_transaction_session_timeout', '30s'],
    ['tcp_keepalives_idle', '10'],
    ['tcp_keepalives_interval', '3'],
    ['tcp_keepalives_count', '3'],
  ])('has its %s set to %s', async (setting, value) => {
    expect(await ask(database.url, setting)).toBe(value);
  });

  it('has the same in the pool of the client', async () => {
    const db = createDb(database.url, 1);
    const [row] = await db.$queryRaw<{ value: string }[]>`
      SELECT current_setting('idle_in_transaction_session_timeout') AS value`;
    expect(row?.value).toBe('30s');
    await db.$disconnect();
  });

  it('has the same in the pool of the workflows', async () => {
    const db = createDb(database.url, 1);
    await db.$executeRaw`CREATE TABLE seen (timeout text)`;
    await db.$executeRaw`CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO seen VALUES (current_setting(''idle_in_transaction_session_timeout'')); RETURN NEW; END'`;
    await db.$executeRaw`
      CREATE TRIGGER look BEFORE INSERT ON dbos.workflow_status FOR EACH ROW EXECUTE FUNCTION look()`;
    const workflows = await launchWorkflows({ url: database.url, run: async () => {} });
    await workflows.start(1);
    expect(await db.$queryRaw`SELECT DISTINCT timeout FROM seen`).toEqual([{ timeout: '30s' }]);
    await db.$disconnect();
    await workflows.close();
  });

  it('keeps the options that its address has, which win', async () => {
    const url = withOptions('-c idle_in_transaction_session_timeout=5000 -c work_mem=5MB');
    expect(await ask(url, 'idle_in_transaction_session_timeout')).toBe('5s');
    expect(await ask(url, 'work_mem')).toBe('5MB');
    expect(await ask(url, 'tcp_keepalives_idle')).toBe('10');
  });

  it.each([
    ['postgresql:///corral?host=/run/postgresql', 'postgresql:///corral'],
    ['postgresql://corral@/corral?host=%2Frun%2Fpostgresql&port=5433', 'postgresql://corral@/corral'],
    ['postgresql://u:p%3F@[::1]:5432/corral', 'postgresql://u:p%3F@[::1]:5432/corral'],
  ])('leaves where it leads to: %s', (url, base) => {
    const changed = withSessionSettings(url);
    expect(changed.startsWith(`${base}?`)).toBe(true);
    const [before, after] = [url, changed].map((text) => new pg.Client(text));
    expect([after?.host, after?.port, after?.database]).toEqual([
      before?.host,
      before?.port,
      before?.database,
    ]);
  });
});
