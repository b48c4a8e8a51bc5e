// Files that survive a power cut whole: written aside, synced, renamed. Readers see the old text or the new one, never a part.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ifMissing } from './missing-file';

export async function writeDurably(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  const aside = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    const handle = await open(aside, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** null when the file does not exist. */
export async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(ifMissing(null));
}

/** Makes the folder and those above it where they are missing, for the agent's eyes only, so that they survive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const highest = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  const top = path.resolve(highest);
  for (let made = path.resolve(folder); made.length >= top.length; made = path.dirname(made))
    await syncFolder(path.dirname(made));
}

/** A rename or removal is on the disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
