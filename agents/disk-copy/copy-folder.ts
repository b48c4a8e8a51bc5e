// The folder that one copy of a disk has on a node while it lasts: its one-time key, what the receiver said, and to whom the disk's own file
// belonged. All of it goes with the copy; a folder that is found when the agent starts tells of one that was not brought to its end.
import { getDiffieHellman } from 'node:crypto';
import { chown, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Id } from '@/contract/names';
import { makeFolder, readText } from '../durable-file';
import { ifMissing } from '../missing-file';
import { groupFileName, keyFileName, keyOwner } from '../tools/qemu/copy-args';

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
  await writeSecret(join(folder, keyFileName), `${keyOwner}:${key}\n`, user);
  // Without it QEMU makes a group of its own, which takes seconds.
  await writeSecret(join(folder, groupFileName), keyExchangeGroup(), user);
  if (user) await chown(folder, user.uid, user.gid);
}

async function writeSecret(path: string, text: string, user: Owner | null): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (user) await file.chown(user.uid, user.gid);
  } finally {
    await file.close();
  }
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

/** The 2048-bit group of RFC 3526 as a PEM file of PKCS #3. */
export function keyExchangeGroup(): string {
  const group = getDiffieHellman('modp14');
  const numbers = [group.getPrime(), group.getGenerator()].map((number) =>
    // A leading bit that is set would make it negative.
    derOf(0x02, Buffer.concat([Buffer.alloc((number[0] ?? 0) >> 7), number])),
  );
  const text = derOf(0x30, Buffer.concat(numbers)).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN DH PARAMETERS-----', ...lines, '-----END DH PARAMETERS-----', ''].join('\n');
}

function derOf(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
