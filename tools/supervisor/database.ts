// The database of this start: the embedded server unless DATABASE_URL names another; migrated before anything uses it.
import path from 'node:path';
import pg from 'pg';
import { deployMigrations } from '../migrate';
import { startPostgres, type RunningPostgres } from '../postgres';
import { isAlive } from '../postgres/server-process';
import type { Settings } from './settings';

export type OpenDatabase = { url: string; stop: () => Promise<void> };

const databaseName = 'corral';
const connectTimeoutMs = 10_000;
const watchMs = 1_000;

export async function openDatabase(settings: Settings, say: (line: string) => void): Promise<OpenDatabase> {
  const database = settings.databaseUrl
    ? await checkGivenDatabase(settings.databaseUrl)
    : await openEmbedded(path.join(settings.dataFolder, 'postgres'), say);
  try {
    const { applied } = await deployMigrations(
      database.url,
      path.join(settings.root, 'prisma', 'migrations'),
    );
    if (applied.length > 0) say(`Database brought up to date: ${applied.join(', ')}`);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function checkGivenDatabase(url: string): Promise<OpenDatabase> {
  const { hostname, port, username } = new URL(url);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  try {
    await runStatement(url, 'SELECT 1');
  } catch (cause) {
    throw new Error(explainConnection(cause, { place, user: decodeURIComponent(username) }), { cause });
  }
  return { url, stop: () => Promise.resolve() };
}

function explainConnection(cause: unknown, { place, user }: { place: string; user: string }): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = cause instanceof Error && cause.message ? cause.message : String(code ?? cause);
  if (code === '28P01' || code === '28000') {
    return `The database server at ${place} (DATABASE_URL) does not let user "${user}" in: ${reason}`;
  }
  if (code === '3D000') return `The database server at ${place} (DATABASE_URL) lacks the database: ${reason}`;
  return `Cannot reach the database server at ${place} (DATABASE_URL): ${reason}`;
}

async function openEmbedded(folder: string, say: (line: string) => void): Promise<OpenDatabase> {
  let server = await startPostgres({ folder });
  await createDatabase(server);
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    say('[postgres] ended; starting it again');
    try {
      server = await startPostgres({ folder, port: server.port });
    } catch (error) {
      say(`[postgres] ${error instanceof Error ? error.message : String(error)}`);
    }
    restarting = undefined;
  };
  const watch = setInterval(() => {
    if (!restarting && !isAlive(server.pid)) restarting = restart();
  }, watchMs);
  return {
    url: server.url(databaseName),
    stop: async () => {
      clearInterval(watch);
      await restarting;
      await server.stop();
    },
  };
}

async function createDatabase(server: RunningPostgres): Promise<void> {
  try {
    await runStatement(server.url('postgres'), `CREATE DATABASE ${databaseName}`);
  } catch (error) {
    const isThere = error instanceof pg.DatabaseError && error.code === '42P04';
    if (!isThere) throw error;
  }
}

async function runStatement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  // Breaking off while it is being closed is no news.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}
