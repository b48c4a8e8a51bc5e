// Slows down guessing: a few failures for one sign-in name from one address, or many from one address, and that address has to wait.
// Invariant: nobody can lock an account for somebody else, because every count belongs to an address, or to a network that is one visitor's.
import { AppError } from '@/contract/errors';
import type { Db } from '../db/client';
import { networkOf } from './remote-address';

const windowMs = 15 * 60_000;
const perLogin = 5;
const perAddress = 30;
/** Many agents may come from one address at the same moment. */
const joinsPerAddress = 100;

type Limit = { key: string; allowed: number };
export type Attempt = { rowIds: bigint[]; forgets: string[] };
export type Admission = { admitted: true; attempt: Attempt } | { admitted: false; minutes: number };

/** Counts the attempt before the password is looked at, so that parallel guesses count each other. */
export async function admitAttempt(
  db: Db,
  { login, address }: { login: string; address: string | null },
): Promise<Admission> {
  const network = networkOf(address);
  const ofLogin = { key: `login:${login}@${network}`, allowed: perLogin };
  const admission = await admit(db, [ofLogin, { key: `address:${network}`, allowed: perAddress }]);
  if (admission.admitted) admission.attempt.forgets.push(ofLogin.key);
  return admission;
}

/** The same for agents that come with a join token. */
export function admitJoin(db: Db, address: string | null): Promise<Admission> {
  return admit(db, [{ key: `join:${networkOf(address)}`, allowed: joinsPerAddress }]);
}

export function tooManyAttempts(minutes: number): AppError {
  return new AppError('forbidden', `Too many attempts, try again in ${minutes} minutes`, {
    details: { minutes },
  });
}

/** After a success: forgets that this attempt was one of the address, and the failures for this name from this address. */
export async function forgetFailures(db: Db, { rowIds, forgets }: Attempt): Promise<void> {
  await db.signInFailure.deleteMany({ where: { OR: [{ key: { in: forgets } }, { id: { in: rowIds } }] } });
  await db.signInFailure.deleteMany({ where: { at: { lt: new Date(Date.now() - windowMs) } } });
}

async function admit(db: Db, limits: Limit[]): Promise<Admission> {
  const rows = await db.signInFailure.createManyAndReturn({
    data: limits.map(({ key }) => ({ key })),
    select: { id: true },
  });
  const rowIds = rows.map((row) => row.id);
  const longest = Math.max(...(await Promise.all(limits.map((limit) => waitMs(db, limit)))));
  if (longest === 0) return { admitted: true, attempt: { rowIds, forgets: [] } };
  // A refused attempt does not count: waiting ends even for those who keep trying.
  await db.signInFailure.deleteMany({ where: { id: { in: rowIds } } });
  return { admitted: false, minutes: Math.ceil(longest / 60_000) };
}

/** How long until one more attempt is allowed; 0 when it is allowed now. The attempt's own row is counted. */
async function waitMs(db: Db, { key, allowed }: Limit): Promise<number> {
  const rows = await db.signInFailure.findMany({
    where: { key, at: { gt: new Date(Date.now() - windowMs) } },
    orderBy: { id: 'desc' },
    take: allowed + 1,
    select: { at: true },
  });
  const oldest = rows[allowed];
  return oldest ? Math.max(1, oldest.at.getTime() + windowMs - Date.now()) : 0;
}
