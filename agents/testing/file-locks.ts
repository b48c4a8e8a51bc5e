// Who holds the flock(2) on a file, and who waits for it, as the kernel tells (proc_locks(5)).
import { readFile, stat } from 'node:fs/promises';

export async function fileLocks(path: string): Promise<{ holders: number[]; waiting: number[] }> {
  const { ino } = await stat(path);
  const lines = (await readFile('/proc/locks', 'utf8'))
    .split('\n')
    .filter((line) => line.includes(`:${ino} `));
  const pids = (isWaiting: boolean) =>
    lines
      .filter((line) => line.includes('->') === isWaiting)
      .map((line) => Number(/FLOCK\s+ADVISORY\s+WRITE\s+(\d+)/.exec(line)?.[1]));
  return { holders: pids(false), waiting: pids(true) };
}
