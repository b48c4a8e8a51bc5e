// Starts the embedded PostgreSQL of a folder, or finds it again when it is still running from an earlier start.
// It listens on loopback and a unix socket only, asks for a password, and outlives a crash of ours without loss.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findFreePort, isPortFree } from './free-port';
import { askServer, waitUntilReady } from './postgres/answer';
import { findPostgresBinaries } from './postgres/binaries';
import {
  openServerFolder,
  readOrCreatePassword,
  readRememberedPort,
  rememberPort,
  rotateLog,
  type ServerFolder,
} from './postgres/folder';
import { initializeData } from './postgres/initialize';
import { findServerPid, isAlive, serverEnvironment, stopServer } from './postgres/server-process';

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
  /** Gives up the start; a server that was started for it is stopped. */
  signal?: AbortSignal;
};

type Server = ServerFolder & { password: string; port: number };

const startTimeoutMs = 60_000;
/** The kernel's limit on the path of a unix socket (sun_path in unix(7)), less the name that PostgreSQL adds. */
const maxSocketFolderLength = 107 - '/.s.PGSQL.65535'.length;

export async function startPostgres({
  folder,
  port,
  durable = true,
  signal,
}: PostgresOptions): Promise<RunningPostgres> {
  const place = openServerFolder(folder);
  const password = readOrCreatePassword(place);
  const rememberedPort = port ?? readRememberedPort(place);
  const runningPid = findServerPid(place.dataDirectory);
  if (runningPid && rememberedPort) {
    const server = { ...place, password, port: rememberedPort };
    if (await waitForAnswer(server, { pid: runningPid, signal }))
      return describeRunning(server, { pid: runningPid, wasStarted: false });
  }
  const server = { ...place, password, port: await choosePort(rememberedPort, port !== undefined) };
  const binaries = findPostgresBinaries(server.folder, server.user);
  if (!place.isInitialized) initializeData({ place, password, binaries });
  rememberPort(server, server.port);
  rotateLog(server);
  const pid = await launch(server, { binaries, durable, signal });
  return describeRunning(server, { pid, wasStarted: true });
}

/** Where a server that runs in this folder lets its databases be reached; undefined when none runs. */
export function findRunningUrl(folder: string, database: string): string | undefined {
  const place = openServerFolder(folder);
  const port = readRememberedPort(place);
  if (!port || !findServerPid(place.dataDirectory)) return undefined;
  return connectionUrl({ ...place, password: readOrCreatePassword(place), port }, database);
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
  { binaries, durable, signal }: { binaries: string; durable: boolean; signal?: AbortSignal },
): Promise<number> {
  signal?.throwIfAborted();
  const log = openSync(server.logFile, 'a');
  const identity = server.user && { uid: server.user.uid, gid: server.user.gid };
  const child = spawn(path.join(binaries, 'postgres'), serverArguments(server, durable), {
    ...identity,
    cwd: server.folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: serverEnvironment,
  });
  closeSync(log);
  child.unref();
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const { pid } = child;
  let isReady = false;
  try {
    isReady = pid !== undefined && (await waitForAnswer(server, { pid, signal }));
    if (pid !== undefined && isReady) return pid;
  } finally {
    if (pid !== undefined && !isReady) await stopServer(pid);
  }
  throw new Error(
    `PostgreSQL did not start in ${server.folder}: ${failure?.message ?? lastLogLine(server)}`,
    { cause: failure },
  );
}

function waitForAnswer(
  server: Server,
  { pid, signal }: { pid: number; signal?: AbortSignal },
): Promise<boolean> {
  const wanted = { url: connectionUrl(server, 'postgres'), dataDirectory: server.dataDirectory };
  return waitUntilReady({
    ask: () => askServer(wanted, signal),
    isAlive: () => isAlive(pid),
    timeoutMs: startTimeoutMs,
    signal,
  });
}

function lastLogLine({ logFile }: Server): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-20);
  const telling = lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1);
  return `${telling} (see ${logFile})`;
}
