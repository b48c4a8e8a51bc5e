// Where images are kept, for all checkouts of this machine's user: one folder per recipe. A folder is there whole or not at all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** An image that was not used for so long is of a recipe that nobody has any more. */
const unusedMs = 7 * 24 * 3_600_000;
const unfinished = '.unfinished';

export function cacheFolder(): string {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'corral', 'lab');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Makes the folder unless it is there. Who comes second, in another process too, waits for the first. */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const unlock = await lock(join(dirname(folder), '.lock'));
  try {
    if (existsSync(folder)) return;
    const aside = `${folder}${unfinished}`;
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    await make(aside);
    renameSync(aside, folder);
  } finally {
    unlock();
  }
}

/** Notes that this folder is in use, and removes its neighbours that have long been out of it. */
export function pruneCache(used: string): void {
  const now = new Date();
  utimesSync(used, now, now);
  const neighbours = readdirSync(dirname(used), { withFileTypes: true });
  for (const entry of neighbours) {
    const folder = join(dirname(used), entry.name);
    if (!entry.isDirectory() || entry.name === basename(used)) continue;
    const age = now.getTime() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime());
    if (age > unusedMs) rmSync(folder, { recursive: true, force: true });
  }
}

/** The kernel takes a lock of flock(1) back when its holder ends, and the holder ends with its input, which is ours. */
async function lock(file: string): Promise<() => void> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return () => holder.stdin.end();
}
