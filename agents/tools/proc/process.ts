// Whether a process is the one that was started: a process id alone may meanwhile belong to somebody else.
import { readFile } from 'node:fs/promises';
import { ifMissing } from '../../missing-file';
import { listPids } from './descriptors';

/** `startTime` is in clock ticks since boot (proc(5), field 22): together with the id it names one process of this boot. */
export type ProcessIdentity = { pid: number; startTime: number };

/** The identity of a living process whose command line contains `word`; null when there is none (a zombie counts as none). */
export async function identifyProcess(pid: number, word: string): Promise<ProcessIdentity | null> {
  const startTime = await readStartTime(pid);
  if (startTime === null) return null;
  const args = (await readProc(pid, 'cmdline'))?.split('\0') ?? [];
  return args.includes(word) ? { pid, startTime } : null;
}

/** A living process that was started as `program` and whose command line contains `word`; null when there is none. */
export async function searchProcess(program: string, word: string): Promise<ProcessIdentity | null> {
  for (const pid of listPids()) {
    const args = (await readProc(pid, 'cmdline'))?.split('\0') ?? [];
    const found = args[0] === program && args.includes(word) && (await identifyProcess(pid, word));
    if (found) return found;
  }
  return null;
}

/** One that cannot be looked at just now (no file handles left) counts as alive: nobody may take its disks away. */
export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await readStartTime(pid).catch(() => startTime)) === startTime;
}

/** Kills it if it is still the same process. */
export async function killProcess(identity: ProcessIdentity): Promise<void> {
  if ((await readStartTime(identity.pid)) !== identity.startTime) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

/** There is no event for the end of a process that is not our child; looks at growing distances. False when it outlives `timeoutMs`. */
export async function waitForProcessEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 5; await isAlive(identity); pauseMs = Math.min(pauseMs * 2, 200)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return true;
}

/** null where no such process lives; a zombie counts as none. */
export async function readStartTime(pid: number): Promise<number | null> {
  const stat = await readProc(pid, 'stat');
  if (stat === null) return null;
  // The program's name stands in brackets and may contain anything; the fixed fields follow the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isGone = fields[0] === 'Z' || fields[0] === 'X';
  return isGone ? null : Number(fields[19]);
}

/** null where there is no such process any more; one that ends while it is read about answers ESRCH. */
export async function readProc(pid: number, file: string): Promise<string | null> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ESRCH' ? null : ifMissing(null)(error),
  );
}
