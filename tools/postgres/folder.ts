// The folder of an embedded server: data/, postgres.log, and what is remembered of it (port, password).
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { writeDurably } from '../durable-file';
import { makeFolder } from '../make-folder';
import { chooseServiceUser, findClosedFolder, type ServiceUser } from './service-user';

const maxLogBytes = 10 * 1024 * 1024;

export type ServerFolder = {
  folder: string;
  dataDirectory: string;
  logFile: string;
  user: ServiceUser | undefined;
  isInitialized: boolean;
};

export function openServerFolder(location: string): ServerFolder {
  const folder = path.resolve(location);
  const dataDirectory = path.join(folder, 'data');
  const user = makeWritable(folder, dataDirectory);
  const closed = findClosedFolder(folder, user);
  if (user && closed) {
    throw new Error(
      `Cannot keep the database in ${folder}: user ${user.name}, as whom PostgreSQL runs, may not enter ${closed}. ` +
        `Allow it with "chmod o+x ${closed}", or choose another data folder with CORRAL_DATA`,
    );
  }
  const isInitialized = existsSync(path.join(dataDirectory, 'PG_VERSION'));
  return { folder, dataDirectory, logFile: path.join(folder, 'postgres.log'), user, isInitialized };
}

function makeWritable(folder: string, dataDirectory: string): ServiceUser | undefined {
  try {
    makeFolder(folder, 0o755);
    accessSync(folder, constants.W_OK);
    const user = chooseServiceUser(dataDirectory);
    if (user) chownSync(folder, user.uid, user.gid);
    return user;
  } catch (cause) {
    throw new Error(`Cannot write to the database folder ${folder}: ${describe(cause)}`, { cause });
  }
}

/** The superuser's password, made at first use and readable by us alone. */
export function readOrCreatePassword({ folder, isInitialized }: ServerFolder): string {
  const file = path.join(folder, 'password');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '') return kept;
  if (isInitialized)
    throw new Error(`The database in ${folder} exists, but its password file ${file} is missing or empty`);
  const password = randomBytes(24).toString('hex');
  writeDurably(file, `${password}\n`, 0o600);
  return password;
}

export function readRememberedPort({ folder }: ServerFolder): number | undefined {
  const file = path.join(folder, 'port');
  const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : NaN;
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

export function rememberPort({ folder }: ServerFolder, port: number): void {
  writeFileSync(path.join(folder, 'port'), `${port}\n`);
}

export function rotateLog({ logFile }: ServerFolder): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(logFile, `${logFile}.1`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
