// The folder that one copy of a disk has on a node while it lasts: its one-time key, what the receiver said, and to whom the disk's own file
// belonged. All of it goes with the copy; a folder that is found when the agent starts tells of one that was not brought to its end.
import { chown, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Id } from '@/contract/names';
import { makeFolder, readText } from '../durable-file';
import { ifMissing } from '../missing-file';
import { writeKey, writeSecret } from '../tools/qemu/one-time-key';

export type Owner = { uid: number; gid: number };
const Lent = z.object({ path: z.string(), uid: z.number().int(), gid: z.number().int() });
export type Lent = z.infer<typeof Lent>;

const lentFile = 'lent.json';
const logFile = 'output.log';
export const logOf = (folder: string) => join(folder, logFile);

/** Anew each time, with the key for the agent's eyes and those of `user`. */
export async function makeCopyFolder(folder: string, key: string, user: Owner | null): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  await writeKey(folder, key, user);
  if (user) await chown(folder, user.uid, user.gid);
}

/** Before the disk's file changes hands for a moment: whoever comes later gives it back. */
export async function noteLent(folder: string, lent: Lent): Promise<void> {
  await writeSecret(join(folder, lentFile), JSON.stringify(lent), null);
}

export async function takeBackLent(folder: string): Promise<void> {
  const text = await readText(join(folder, lentFile));
  const lent = Lent.safeParse(text === null || text === '' ? null : JSON.parse(text)).data;
  if (lent) await chown(lent.path, lent.uid, lent.gid).catch(ifMissing(undefined));
  await rm(join(folder, lentFile), { force: true });
}

/** Ids of the disks that have such a folder. */
export async function listCopyFolders(root: string): Promise<string[]> {
  const names = await readdir(root).catch(ifMissing<string[]>([]));
  return names.filter((name) => Id.safeParse(name).success);
}
