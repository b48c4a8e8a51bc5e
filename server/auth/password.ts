// Password hashes: argon2id with OWASP's parameters (19 MiB, two passes, one lane).
import { hash, verify } from '@node-rs/argon2';

// 2 is Argon2id; the package's own name for it is a const enum, which isolated modules cannot read.
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// A hash that no password matches: checking it makes an unknown sign-in name take as long as a known one.
const nobodysHash = hash('no password of anybody', parameters);

export function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), parameters);
}

/** Whether the password is right. Takes as long for a missing hash as for a present one. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? (await nobodysHash), normalize(password));
  return passwordHash !== null && matches;
}

// The same characters typed on another system may arrive composed differently.
function normalize(password: string): string {
  return password.normalize('NFKC');
}
