// What processes have open, by the links that the kernel shows of their descriptors (proc(5), fd). These are no files: to read one never waits, and
// a turn of the event loop for each of thousands would cost many times as much.
import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

export function listPids(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

/** What each of them stands for, by their numbers. None where there is no such process any more, or it is none of ours. */
export function readDescriptors(pid: number): Map<string, string> {
  const folder = `/proc/${pid}/fd`;
  const names = unlessHidden(() => readdirSync(folder)) ?? [];
  const links = names.map(
    (name) => [name, unlessHidden(() => readlinkSync(`${folder}/${name}`)) ?? ''] as const,
  );
  return new Map(links);
}

/** Who has it open, by the path that the kernel knows it by. */
export async function findPidsWith(path: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of listPids()) {
    if ([...readDescriptors(pid).values()].includes(path)) found.push(pid);
    // Others are not kept waiting while hundreds are gone through.
    await nextTurn();
  }
  return found;
}

/** How often it has the file open that its descriptor `fd` stands for, that one among them; 0 where it has ended. */
export function countDescriptors(pid: number, fd: number): number {
  const links = readDescriptors(pid);
  const file = links.get(String(fd));
  return file ? [...links.values()].filter((link) => link === file).length : 0;
}

/** A process or a descriptor may end while it is looked at; somebody else's cannot be looked at. */
export function unlessHidden<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && hidden.includes(String(error.code))) return null;
    throw error;
  }
}
const hidden = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];
