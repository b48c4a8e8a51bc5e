// One start at a time per data folder: a pid file that counts only while its process lives. It is written aside and linked,
// so that it never exists without its owner's name in it.
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../make-folder';
import { isAlive } from '../postgres/server-process';

export type DataLock = {
  /** True when an earlier start was killed: its programs may still be ending. */
  wasAbandoned: boolean;
  release: () => void;
};

export function lockDataFolder(dataFolder: string): DataLock {
  const file = lockFile(dataFolder);
  const mine = describeProcess(process.pid);
  try {
    makeFolder(dataFolder, 0o755);
    const wasAbandoned = !tryCreate(file, mine);
    if (wasAbandoned) takeOver(file, { mine, dataFolder });
    return { wasAbandoned, release: () => rmSync(file, { force: true }) };
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause;
    throw new Error(
      `Cannot write to the data folder ${dataFolder}: ${cause.message}. Choose another with CORRAL_DATA`,
      { cause },
    );
  }
}

/** The process id of the start that has this folder; undefined when nobody has it. */
export function findOwner(dataFolder: string): number | undefined {
  const file = lockFile(dataFolder);
  if (!existsSync(file)) return undefined;
  const owner = readFileSync(file, 'utf8').trim();
  const pid = Number(owner.split(' ')[0]);
  return pid && isAlive(pid) && describeProcess(pid) === owner ? pid : undefined;
}

function lockFile(dataFolder: string): string {
  return path.join(dataFolder, 'corral.pid');
}

function takeOver(file: string, { mine, dataFolder }: { mine: string; dataFolder: string }): void {
  const ownerPid = findOwner(dataFolder);
  if (ownerPid !== undefined)
    throw new Error(`Corral is already running with the data folder ${dataFolder}, as process ${ownerPid}`);
  rmSync(file, { force: true });
  if (!tryCreate(file, mine))
    throw new Error(`Another start of Corral took the data folder ${dataFolder} just now`);
}

function tryCreate(file: string, content: string): boolean {
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, `${content}\n`, { mode: 0o644 });
    linkSync(aside, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Pid and start time: a pid alone is given to another program sooner or later. */
function describeProcess(pid: number): string {
  return `${pid} ${startTime(pid)}`.trim();
}

/** Field 22 of /proc/pid/stat, see proc(5); fields are counted after the name, which may hold spaces. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
