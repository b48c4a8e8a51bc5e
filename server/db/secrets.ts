// Named secrets in the database, encrypted with the installation's secret (AES-256-GCM; the name is authenticated, so values can't be swapped).
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Db } from './client';

const nonceBytes = 12;
const tagBytes = 16;

/** The secret's value, made by `create` and stored when there is none yet. Two processes at once end with the same value. */
export async function secretOrCreate(request: {
  db: Db;
  key: string;
  name: string;
  create: () => Promise<string>;
}): Promise<string> {
  const { db, key, name } = request;
  const found = await db.secret.findUnique({ where: { name } });
  if (found) return decrypt(key, name, found.value);
  await db.secret.createMany({
    data: [{ name, value: encrypt(key, name, await request.create()) }],
    skipDuplicates: true,
  });
  const stored = await db.secret.findUniqueOrThrow({ where: { name } });
  return decrypt(key, name, stored.value);
}

/** Replaces or makes a secret. */
export async function storeSecret({
  db,
  key,
  name,
  value,
}: {
  db: Db;
  key: string;
  name: string;
  value: string;
}): Promise<void> {
  const encrypted = encrypt(key, name, value);
  await db.secret.upsert({
    where: { name },
    create: { name, value: encrypted },
    update: { value: encrypted },
  });
}

export function encrypt(key: string, name: string, value: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key), nonce).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Throws with the secret's name when the key is another one or the value was changed. */
export function decrypt(key: string, name: string, stored: string): string {
  const bytes = Buffer.from(stored, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', cipherKey(key), bytes.subarray(0, nonceBytes)).setAAD(
    Buffer.from(name),
  );
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch (error) {
    throw new Error(`The stored secret "${name}" cannot be read with this CORRAL_SECRET`, { cause: error });
  }
}

function cipherKey(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'corral stored secrets', 32));
}
