// Who has a file open: for programs that must be found again by what they were given, where their arguments do not tell.
import { readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../../missing-file';
import { killProcess, readStartTime, waitForProcessEnd, type ProcessIdentity } from './process';

/** Other processes than this one; none where there is no such file. */
export async function findHolders(path: string): Promise<ProcessIdentity[]> {
  const file = await realpath(path).catch(ifMissing(null));
  if (file === null) return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(pids.map((pid) => holds(pid, file)));
  return found.filter((one) => one !== null);
}

async function holds(pid: string, file: string): Promise<ProcessIdentity | null> {
  const folder = join('/proc', pid, 'fd');
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  const startTime = links.includes(file) ? await readStartTime(Number(pid)) : null;
  return startTime === null ? null : { pid: Number(pid), startTime };
}

/** Kills them; false when one of them outlives `timeoutMs`. */
export async function killHolders(path: string, timeoutMs: number): Promise<boolean> {
  const holders = await findHolders(path);
  for (const holder of holders) await killProcess(holder);
  return (await Promise.all(holders.map((holder) => waitForProcessEnd(holder, timeoutMs)))).every(Boolean);
}

/** Waits for their own end; false when one of them outlives `timeoutMs`. */
export async function waitForHolders(path: string, timeoutMs: number): Promise<boolean> {
  const holders = await findHolders(path);
  return (await Promise.all(holders.map((holder) => waitForProcessEnd(holder, timeoutMs)))).every(Boolean);
}
