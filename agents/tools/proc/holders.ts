// Who has a file open: for programs that must be found again by what they were given, where their arguments do not tell.
import { realpath } from 'node:fs/promises';
import { ifMissing } from '../../missing-file';
import { findPidsWith } from './descriptors';
import { killProcess, readStartTime, waitForProcessEnd, type ProcessIdentity } from './process';

/** Other processes than this one; none where there is no such file. */
export async function findHolders(path: string): Promise<ProcessIdentity[]> {
  const file = await realpath(path).catch(ifMissing(null));
  if (file === null) return [];
  const pids = (await findPidsWith(file)).filter((pid) => pid !== process.pid);
  const found = await Promise.all(pids.map(identify));
  return found.filter((one) => one !== null);
}

async function identify(pid: number): Promise<ProcessIdentity | null> {
  const startTime = await readStartTime(pid);
  return startTime === null ? null : { pid, startTime };
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
