// The processes that `xl create` leaves behind: each waits for the end of one domain, and takes it apart or builds it anew. Which one that is,
// each has written into its own log; names are of no use for that, as domains can be renamed and logs are rotated.
import { open, readFile, stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { pidsOf } from '../proc/programs';
import { killProcess, type ProcessIdentity, readStartTime, waitForProcessEnd } from '../proc/process';

/** `domid`: what it waits for, or did last; null where it does not tell: it is still building one, or its words go where nobody can read them. */
export type Monitor = ProcessIdentity & { domid: number | null };

const tailBytes = 64 * 1024;
const endMs = 10_000;

export async function listMonitors(): Promise<Monitor[]> {
  const found = await Promise.all((await pidsOf('xl')).map((pid) => readMonitor(pid).catch(() => null)));
  return found.filter((one) => one !== null);
}

/** Resolves when it is gone; what it waited for goes on. */
export async function endMonitor(monitor: Monitor): Promise<void> {
  await killProcess(monitor);
  if (await waitForProcessEnd(monitor, endMs)) return;
  throw new AppError('timeout', `The process ${monitor.pid} of xl that waits for its end does not go away`);
}

async function readMonitor(pid: number): Promise<Monitor | null> {
  const startTime = await readStartTime(pid);
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  if (startTime === null || !waits(args)) return null;
  // In the foreground (`-F`) it speaks as programs complain.
  const said = await Promise.all([1, 2].map((fd) => readTail(`/proc/${pid}/fd/${fd}`)));
  return { pid, startTime, domid: waitedFor(said.join('\n'), pid) };
}

/** Whether a process of xl with these arguments stays to wait: with `-e` none does. */
export function waits(args: readonly string[]): boolean {
  return ['create', 'restore', 'migrate-receive'].some((verb) => args.includes(verb)) && !args.includes('-e');
}

/** What the process said last in its log (xl_vmcontrol.c): after a restart of the guest it waits for another domain than before. */
export function waitedFor(log: string, pid: number): number | null {
  const said = [...log.matchAll(/^Waiting for domain .* \(domid (\d+)\) to die \[pid (\d+)\]$/gm)];
  const last = said.findLast((match) => Number(match[2]) === pid);
  return last ? Number(last[1]) : null;
}

/** Of a terminal or a pipe, which is no log, nothing. */
async function readTail(path: string): Promise<string> {
  const stats = await stat(path);
  if (!stats.isFile()) return '';
  const file = await open(path, 'r');
  try {
    const position = Math.max(0, stats.size - tailBytes);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(tailBytes), position });
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}
