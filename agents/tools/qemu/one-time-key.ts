// Keys for TLS between two QEMU programs (tls-creds-psk), each made for one use. QEMU looks for the key and for the group of the key exchange
// under fixed names in a folder; it may own that folder, so nothing that lies there is written to.
import { getDiffieHellman } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

type Owner = { uid: number; gid: number };

/** Who the key in the file belongs to. */
export const keyOwner = 'corral';
const keyFileName = 'keys.psk';
const groupFileName = 'dh-params.pem';

/** For the agent's eyes, and those of `user`. What was there under these names is gone. */
export async function writeKey(folder: string, key: string, user: Owner | null): Promise<void> {
  await removeKey(folder);
  await writeSecret(join(folder, keyFileName), `${keyOwner}:${key}\n`, user);
  // Without it QEMU makes a group of its own, which takes seconds.
  await writeSecret(join(folder, groupFileName), keyExchangeGroup(), user);
}

export async function removeKey(folder: string): Promise<void> {
  for (const name of [keyFileName, groupFileName]) await rm(join(folder, name), { force: true });
}

/** A file that must not be there yet. */
export async function writeSecret(path: string, text: string, user: Owner | null): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (user) await file.chown(user.uid, user.gid);
  } finally {
    await file.close();
  }
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
