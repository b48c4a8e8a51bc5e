// A database of its own for each test that asks: a copy of the migrated template that tools/testing/database-setup.ts made.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export type TestDatabaseServer = { adminUrl: string; template: string };

declare module 'vitest' {
  // Vitest's way to type what globalSetup hands to the tests is to merge into its interface.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface ProvidedContext {
    testDatabaseServer: TestDatabaseServer;
  }
}

export type TestDatabase = { url: string; drop: () => Promise<void> };

/** Migrated (with DBOS's own tables) and empty. `drop` closes whatever is still connected. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('testDatabaseServer');
  return createDatabase(adminUrl, ` TEMPLATE "${template}"`);
}

/** Without a single table, for tests of the migrations themselves. */
export async function createBlankDatabase(): Promise<TestDatabase> {
  return createDatabase(inject('testDatabaseServer').adminUrl, '');
}

async function createDatabase(adminUrl: string, clause: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAsAdmin(adminUrl, `CREATE DATABASE "${name}"${clause}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    drop: () => runAsAdmin(adminUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}

async function runAsAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
