// Which account PostgreSQL runs as: itself refuses root, so root hands over to `postgres` or else `nobody`.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export type ServiceUser = { name: string; uid: number; gid: number };

/** Undefined when we are not root: PostgreSQL then runs as ourselves. An existing data directory keeps its owner. */
export function chooseServiceUser(dataDirectory: string): ServiceUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readUsers();
  const ownerUid = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
  const user =
    users.find(({ uid }) => uid !== 0 && uid === ownerUid) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody');
  if (!user)
    throw new Error('Cannot run PostgreSQL as root, and there is neither a user "postgres" nor "nobody"');
  return user;
}

function readUsers(): ServiceUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [name, , uid, gid] = line.split(':');
      return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
    });
}

/** The first folder on the way to `folder` that the user may not enter. */
export function findClosedFolder(folder: string, user: ServiceUser | undefined): string | undefined {
  if (!user) return undefined;
  const way: string[] = [];
  for (let step = path.resolve(folder); step !== path.dirname(step); step = path.dirname(step))
    way.unshift(step);
  return way.find((step) => statSync(step, { throwIfNoEntry: false }) && !mayEnter(step, user));
}

function mayEnter(folder: string, { uid, gid }: ServiceUser): boolean {
  return spawnSync('/usr/bin/test', ['-x', folder], { uid, gid, cwd: '/' }).status === 0;
}
