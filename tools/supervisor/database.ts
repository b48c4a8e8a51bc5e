// The database of this start: the embedded server unless DATABASE_URL names another; migrated before anything uses it.
import path from 'node:path';
import pg from 'pg';
import { deployMigrations } from '../migrate';
import { findRunningUrl, startPostgres, type RunningPostgres } from '../postgres';
import { withConnection } from '../postgres/connection';
import { isAlive } from '../postgres/server-process';
import type { Settings } from './settings';

export type OpenDatabase = { url: string; stop: () => Promise<void> };

const databaseName = 'corral';
const watchMs = 1_000;

export type DatabaseOptions = { settings: Settings; say: (line: string) => void; signal: AbortSignal };

export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const { settings, say, signal } = options;
  const database = settings.databaseUrl
    ? await checkGivenDatabase(settings.databaseUrl, signal)
    : await openEmbedded(options);
  try {
    const migrations = path.join(settings.root, 'prisma', 'migrations');
    const { applied } = await deployMigrations(database.url, migrations, signal);
    if (applied.length > 0) say(`Database brought up to date: ${applied.join(', ')}`);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** The address of the database of a start that is running; undefined when its server does not run. */
export function findDatabaseUrl(settings: Settings): string | undefined {
  return settings.databaseUrl ?? findRunningUrl(embeddedFolder(settings), databaseName);
}

function embeddedFolder({ dataFolder }: Settings): string {
  return path.join(dataFolder, 'postgres');
}

async function checkGivenDatabase(url: string, signal: AbortSignal): Promise<OpenDatabase> {
  const { hostname, port, username } = new URL(url);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  try {
    await withConnection({ url, signal }, (client) => client.query('SELECT 1'));
  } catch (cause) {
    signal.throwIfAborted();
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

async function openEmbedded({ settings, say, signal }: DatabaseOptions): Promise<OpenDatabase> {
  const folder = embeddedFolder(settings);
  let server = await startPostgres({ folder, signal });
  try {
    await createDatabase(server, signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    say('[postgres] ended; starting it again');
    try {
      server = await startPostgres({ folder, port: server.port, signal });
    } catch (error) {
      if (!signal.aborted) say(`[postgres] ${error instanceof Error ? error.message : String(error)}`);
    }
    restarting = undefined;
  };
  const watch = setInterval(() => {
    if (!restarting && !signal.aborted && !isAlive(server.pid)) restarting = restart();
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

async function createDatabase(server: RunningPostgres, signal: AbortSignal): Promise<void> {
  try {
    await withConnection({ url: server.url('postgres'), signal }, (client) =>
      client.query(`CREATE DATABASE ${databaseName}`),
    );
  } catch (error) {
    const isThere = error instanceof pg.DatabaseError && error.code === '42P04';
    if (!isThere) throw error;
  }
}
