// The running postmaster of a data directory, known by its own pid file, so that it is found again after our own death.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 25;

/** For PostgreSQL's own programs: little, and nothing secret. (Next's types ask for NODE_ENV wherever a process starts.) */
export const serverEnvironment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C.UTF-8',
  NODE_ENV: 'production',
} as const;

/** Pid of the live server of this data directory; a pid file left over from a crash or a reboot is removed. */
export function findServerPid(dataDirectory: string): number | undefined {
  const pidFile = path.join(dataDirectory, 'postmaster.pid');
  const pid = Number(readText(pidFile)?.split('\n')[0]);
  if (!pid) return undefined;
  if (isPostgres(pid)) return pid;
  rmSync(pidFile, { force: true });
  return undefined;
}

/** The number may belong to another program by now, after a reboot. */
function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return isAlive(pid);
  return readText(`/proc/${pid}/comm`)?.trim() === 'postgres' && isAlive(pid);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !/^State:\s+Z/m.test(readText(`/proc/${pid}/status`) ?? '');
}

export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/** Fast shutdown: clients are dropped, the data is written out. Immediate only when that does not end. */
export async function stopServer(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  if (await waitForExit(pid, 30_000)) return;
  process.kill(pid, 'SIGQUIT');
  await waitForExit(pid, 10_000);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
