// Sessions: a signed-in browser is a row. Ending the row ends every access at once, whatever cookie the browser still holds.
import type { Queryable } from '../db/client';
import { publish } from '../events/publish';

export const sessionMaxAgeS = 12 * 60 * 60;

export async function startSession(
  db: Queryable,
  { userId, address }: { userId: string; address: string | null },
): Promise<string> {
  const expiresAt = new Date(Date.now() + sessionMaxAgeS * 1000);
  const row = await db.session.create({ data: { userId, address, expiresAt }, select: { id: true } });
  return row.id;
}

/**
 * Ends sessions of a user: all, all but one (`except`), or just one (`only`). Announces the user, which makes open streams and consoles check
 * their session at once. Call it last in a transaction.
 */
export async function endSessions(
  db: Queryable,
  { userId, except, only }: { userId: string; except?: string; only?: string },
): Promise<void> {
  await db.session.updateMany({
    where: { userId, endedAt: null, id: { equals: only, not: except } },
    data: { endedAt: new Date() },
  });
  await publish(db, { kind: 'user', id: userId, ownerId: userId });
}
