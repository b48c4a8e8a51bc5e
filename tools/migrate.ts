// Applies prisma/migrations at start-up without the Prisma CLI, in Prisma's own table and under its own lock, so that
// `prisma migrate status` and `deploy` agree with what was done here.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { withConnection } from './postgres/connection';

/** The advisory lock that Prisma Migrate itself takes. */
const prismaLockId = 72707369;

const createTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

const recordedMigrations = z.array(
  z.object({ migration_name: z.string(), checksum: z.string(), finished_at: z.date().nullable() }),
);

export type Migration = { name: string; sql: string; checksum: string };

export type MigrationResult = {
  applied: string[];
  /** Applied earlier, and changed on disk since: Prisma will complain in development. */
  edited: string[];
};

export function readMigrations(directory: string): Migration[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => existsSync(path.join(directory, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** The signal ends the wait for a session that holds the lock, and is heeded between two migrations, never in the middle of one. */
export function deployMigrations(
  url: string,
  directory: string,
  signal?: AbortSignal,
): Promise<MigrationResult> {
  return withConnection({ url, signal }, async (client, holdOn) => {
    // Held by the session: closing the connection lets it go, whatever happened.
    await client.query('SELECT pg_advisory_lock($1)', [prismaLockId]);
    holdOn();
    await client.query(createTable);
    const recorded = await readRecorded(client);
    const result: MigrationResult = { applied: [], edited: [] };
    for (const migration of readMigrations(directory)) {
      signal?.throwIfAborted();
      const checksum = recorded.get(migration.name);
      if (checksum === undefined) {
        await applyMigration(client, migration);
        result.applied.push(migration.name);
      } else if (checksum !== migration.checksum) result.edited.push(migration.name);
    }
    return result;
  });
}

async function readRecorded(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const recorded = recordedMigrations.parse(rows);
  const failed = recorded.find((row) => row.finished_at === null);
  if (failed) {
    throw new Error(
      `Cannot migrate the database: migration ${failed.migration_name} failed earlier. Repair what it left, then run ` +
        `"npx prisma migrate resolve" with --applied or --rolled-back ${failed.migration_name}`,
    );
  }
  return new Map(recorded.map((row) => [row.migration_name, row.checksum]));
}

async function applyMigration(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query(sql);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    await client.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, reason]);
    throw new Error(`Migration ${name} failed: ${reason}`, { cause });
  }
  await client.query(
    'UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
}
