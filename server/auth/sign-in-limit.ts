// Slows down guessing: a few failures for one sign-in name from one address, or many from one address, and that address has to wait.
// Invariant: nobody can lock an account for somebody else, because every count belongs to an address.
import type { Db } from '../db/client';

const windowMs = 15 * 60_000;
const perLogin = 5;
const perAddress = 30;

export type Attempt = { rowIds: bigint[]; loginKey: string };
export type Admission = { admitted: true; attempt: Attempt } | { admitted: false; minutes: number };

/** Counts the attempt before the password is looked at, so that parallel guesses count each other. */
export async function admitAttempt(
  db: Db,
  { login, address }: { login: string; address: string | null },
): Promise<Admission> {
  const addressKey = `address:${address ?? 'unknown'}`;
  const loginKey = `login:${login}@${address ?? 'unknown'}`;
  const rows = await db.signInFailure.createManyAndReturn({
    data: [{ key: loginKey }, { key: addressKey }],
    select: { id: true },
  });
  const rowIds = rows.map((row) => row.id);
  const waits = [
    await waitMs(db, { key: loginKey, allowed: perLogin }),
    await waitMs(db, { key: addressKey, allowed: perAddress }),
  ];
  const longest = Math.max(...waits);
  if (longest === 0) return { admitted: true, attempt: { rowIds, loginKey } };
  // A refused attempt does not count: waiting ends even for those who keep trying.
  await db.signInFailure.deleteMany({ where: { id: { in: rowIds } } });
  return { admitted: false, minutes: Math.ceil(longest / 60_000) };
}

/** After a success: forgets the failures for this name from this address, and that this attempt was one of the address. */
export async function forgetFailures(db: Db, { rowIds, loginKey }: Attempt): Promise<void> {
  await db.signInFailure.deleteMany({ where: { OR: [{ key: loginKey }, { id: { in: rowIds } }] } });
  await db.signInFailure.deleteMany({ where: { at: { lt: new Date(Date.now() - windowMs) } } });
}

/** How long until one more attempt is allowed; 0 when it is allowed now. The attempt's own row is counted. */
async function waitMs(db: Db, { key, allowed }: { key: string; allowed: number }): Promise<number> {
  const rows = await db.signInFailure.findMany({
    where: { key, at: { gt: new Date(Date.now() - windowMs) } },
    orderBy: { id: 'desc' },
    take: allowed + 1,
    select: { at: true },
  });
  const oldest = rows[allowed];
  return oldest ? Math.max(1, oldest.at.getTime() + windowMs - Date.now()) : 0;
}
