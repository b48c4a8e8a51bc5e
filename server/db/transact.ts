// Transactions that locks may collide in: the database ends one of two that wait for each other, and that one simply runs again.
import type { Db, Tx } from './client';
import { Prisma } from './generated/client';

const attempts = 5;
/** Prisma's code for "write conflict or deadlock, please retry". */
const conflict = 'P2034';

/** Runs `work` in one transaction. It may run more than once, so its only effects are in the database. */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(work);
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error;
    }
  }
}

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === conflict || (error.code === 'P2010' && /40P01|40001/.test(error.message));
}
