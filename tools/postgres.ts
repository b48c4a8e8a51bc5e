// Starts the embedded PostgreSQL of a folder, or finds it again when it is still running from an earlier start.
// It listens on loopback and a unix socket only, asks for a password, and outlives a crash of ours without loss.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, chownSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort, isPortFree } from './free-port';
import { findPostgresBinaries } from './postgres/binaries';
import {
  openServerFolder,
  readOrCreatePassword,
  readRememberedPort,
  rememberPort,
  rotateLog,
  type ServerFolder,
} from './postgres/folder';
import { findServerPid, isAlive, stopServer } from './postgres/server-process';

export type RunningPostgres = {
  pid: number;
  port: number;
  /** False when a server of an earlier start was found still running. */
  wasStarted: boolean;
  url: (database: string) => string;
  stop: () => Promise<void>;
};

export type PostgresOptions = {
  folder: string;
  /** Chosen freely and remembered in the folder unless given. */
  port?: number;
  /** False gives up safety against a power failure for speed: for tests. */
  durable?: boolean;
};

type Server = ServerFolder & { password: string; port: number };

const startTimeoutMs = 60_000;
const pollMs = 25;
/** The kernel's limit on the path of a unix socket (sun_path in unix(7)), less the name that PostgreSQL adds. */
const maxSocketFolderLength = 107 - '/.s.PGSQL.65535'.length;
/** Little, and nothing secret. (Next's types ask for NODE_ENV wherever a process starts.) */
const environment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  NODE_ENV: 'production',
} as const;

export async function startPostgres({
  folder,
  port,
  durable = true,
}: PostgresOptions): Promise<RunningPostgres> {
  const place = openServerFolder(folder);
  const password = readOrCreatePassword(place);
  const rememberedPort = port ?? readRememberedPort(place);
  const runningPid = findServerPid(place.dataDirectory);
  if (runningPid && rememberedPort) {
    const server = { ...place, password, port: rememberedPort };
    if (await waitForAnswer(server, runningPid))
      return describeRunning(server, { pid: runningPid, wasStarted: false });
  }
  const server = { ...place, password, port: await choosePort(rememberedPort, port !== undefined) };
  const binaries = findPostgresBinaries(server.folder, server.user);
  if (!server.isInitialized) initializeData(server, binaries);
  rememberPort(server, server.port);
  rotateLog(server);
  const pid = await launch(server, { binaries, durable });
  return describeRunning(server, { pid, wasStarted: true });
}

async function choosePort(wanted: number | undefined, isRequired: boolean): Promise<number> {
  if (wanted && (await isPortFree(wanted))) return wanted;
  if (wanted && isRequired) throw new Error(`Cannot start PostgreSQL: port ${wanted} on 127.0.0.1 is taken`);
  return findFreePort();
}

function connectionUrl({ password, port }: Server, database: string): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

function describeRunning(
  server: Server,
  { pid, wasStarted }: { pid: number; wasStarted: boolean },
): RunningPostgres {
  return {
    pid,
    port: server.port,
    wasStarted,
    url: (database) => connectionUrl(server, database),
    stop: () => stopServer(pid),
  };
}

function initializeData(server: Server, binaries: string): void {
  const passwordFile = path.join(server.folder, '.initial-password');
  const identity = server.user && { uid: server.user.uid, gid: server.user.gid };
  rmSync(server.dataDirectory, { recursive: true, force: true });
  writeFileSync(passwordFile, server.password, { mode: 0o600 });
  if (server.user) chownSync(passwordFile, server.user.uid, server.user.gid);
  const result = spawnSync(
    path.join(binaries, 'initdb'),
    [
      ...[
        '-D',
        server.dataDirectory,
        '-U',
        'postgres',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--no-instructions',
      ],
      ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ],
    { ...identity, cwd: server.folder, encoding: 'utf8', env: environment },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    rmSync(server.dataDirectory, { recursive: true, force: true });
    throw new Error(
      `Cannot create the database in ${server.folder}: ${result.error?.message ?? result.stderr.trim()}`,
    );
  }
}

function serverArguments(server: Server, durable: boolean): string[] {
  const socketFolder = server.folder.length <= maxSocketFolderLength ? server.folder : '';
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder,
    max_connections: 200,
    shared_buffers: '128MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', server.dataDirectory, '-p', String(server.port), ...flags];
}

async function launch(
  server: Server,
  { binaries, durable }: { binaries: string; durable: boolean },
): Promise<number> {
  const log = openSync(server.logFile, 'a');
  const identity = server.user && { uid: server.user.uid, gid: server.user.gid };
  const child = spawn(path.join(binaries, 'postgres'), serverArguments(server, durable), {
    ...identity,
    cwd: server.folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: environment,
  });
  closeSync(log);
  child.unref();
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  if (child.pid && (await waitForAnswer(server, child.pid))) return child.pid;
  if (child.pid && isAlive(child.pid)) await stopServer(child.pid);
  throw new Error(
    `PostgreSQL did not start in ${server.folder}: ${failure?.message ?? lastLogLine(server)}`,
    {
      cause: failure,
    },
  );
}

function lastLogLine({ logFile }: Server): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-20);
  const telling = lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1);
  return `${telling} (see ${logFile})`;
}

/** True once the server answers and is the one of this folder; false when it ended or never answered. */
async function waitForAnswer(server: Server, pid: number): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (isAlive(pid) && Date.now() < deadline) {
    if (await answers(server)) return true;
    await delay(pollMs);
  }
  return false;
}

async function answers(server: Server): Promise<boolean> {
  const client = new pg.Client({
    connectionString: connectionUrl(server, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  // A connection that breaks later, while it is being closed, is no news.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('SHOW data_directory');
    return rows[0]?.data_directory === server.dataDirectory;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
