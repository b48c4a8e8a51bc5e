// Makes the data directory of a new server, aside and then renamed: where it is, it is complete, also after a power failure.
import { spawnSync } from 'node:child_process';
import { chownSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renameDurably } from '../durable-file';
import type { ServerFolder } from './folder';
import { serverEnvironment } from './server-process';

export type Initialization = { place: ServerFolder; password: string; binaries: string };

export function initializeData({ place, password, binaries }: Initialization): void {
  const { folder, dataDirectory, user } = place;
  const aside = `${dataDirectory}.new`;
  const passwordFile = path.join(folder, '.initial-password');
  for (const leftOver of [dataDirectory, aside]) rmSync(leftOver, { recursive: true, force: true });
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) chownSync(passwordFile, user.uid, user.gid);
    runInitdb(path.join(binaries, 'initdb'), { place, passwordFile, aside });
    renameDurably(aside, dataDirectory);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function runInitdb(
  program: string,
  { place, passwordFile, aside }: { place: ServerFolder; passwordFile: string; aside: string },
): void {
  const identity = place.user && { uid: place.user.uid, gid: place.user.gid };
  const args = [
    ...['-D', aside, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions'],
    ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
  ];
  const options = { ...identity, cwd: place.folder, encoding: 'utf8', env: serverEnvironment } as const;
  const result = spawnSync(program, args, options);
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.stderr.trim();
  throw new Error(`Cannot create the database in ${place.folder}: ${reason}`);
}
