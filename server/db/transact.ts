// Transactions that run again where the database certainly kept nothing of them: of two that wait for each other it ends one, and one that
// found no connection in time, or took too long, is as if it had never been.
import type { Db, Tx } from './client';
import { Prisma } from './generated/client';

const mostRuns = { conflict: 5, late: 3 };
/** Prisma's codes for "write conflict or deadlock, please retry", and for no connection in time or a transaction that was cut off. */
const conflict = 'P2034';
const late = 'P2028';

/** Runs `work` in one transaction. It may run more than once, so its only effects are in the database. */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(work);
    } catch (error) {
      if (attempt >= runsAllowed(error)) throw error;
    }
  }
}

/** Whether a unique index refused the row. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === 'P2002';
}

/**
 * Whether the database, or the way to it, was in trouble, rather than what was asked of it. Whether a commit that failed like this was done is
 * not known: only what may be done twice is tried again.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  // Prisma's own codes; PostgreSQL's, which it only quotes; and what the driver says of a connection that broke before.
  return (
    /^(P1\d{3}|P2024|P2028|P2037)$/.test(code ?? '') ||
    (code !== null &&
      /Code: `(08\w{3}|53\w{3}|57P\d\d|25P03)`|Can't reach database server/.test(error.message)) ||
    /Client has encountered a connection error|Connection terminated|timeout exceeded when trying to connect/.test(
      error.message,
    )
  );
}

function runsAllowed(error: unknown): number {
  if (isConflict(error)) return mostRuns.conflict;
  return codeOf(error) === late ? mostRuns.late : 1;
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === conflict || (error.code === 'P2010' && /40P01|40001/.test(error.message));
}

function codeOf(error: unknown): string | null {
  return error instanceof Prisma.PrismaClientKnownRequestError ? error.code : null;
}
