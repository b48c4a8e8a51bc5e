// One-time passes for consoles: 32 random bytes, of which only the hash is stored. A ticket opens one console of one kind on one instance, once,
// within 30 s, and only for the session that asked for it.
import { createHash, randomBytes } from 'node:crypto';
import { consoleSocketPath } from '@/contract/paths';
import { ConsoleKind, type ConsoleTicket } from '@/contract/schemas/instance';
import type { Actor } from '../auth/actor';
import type { Queryable, Tx } from '../db/client';

export const ticketLifetimeMs = 30_000;

export type RedeemedTicket = { instanceId: string; kind: ConsoleKind };

/** The caller has decided that the actor may open this console. */
export async function issueTicket(
  tx: Tx,
  { actor, instanceId, kind }: { actor: Actor; instanceId: string; kind: ConsoleKind },
): Promise<ConsoleTicket> {
  const ticket = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + ticketLifetimeMs);
  const { userId, sessionId } = actor;
  await tx.consoleTicket.create({
    data: { hash: hashTicket(ticket), userId, sessionId, instanceId, kind, expiresAt },
  });
  return { ticket, path: consoleSocketPath, expiresAt: expiresAt.toISOString() };
}

/** Uses the ticket up, or answers null: unknown, used, expired, or another one's. Of two at the same time one gets it. */
export async function redeemTicket(
  db: Queryable,
  { ticket, sessionId, userId, now }: { ticket: string; sessionId: string; userId: string; now: Date },
): Promise<RedeemedTicket | null> {
  const rows = await db.$queryRaw<{ instanceId: string; kind: string }[]>`
    UPDATE "ConsoleTicket" SET "usedAt" = ${now}
    WHERE hash = ${hashTicket(ticket)} AND "usedAt" IS NULL AND "expiresAt" > ${now}
      AND "sessionId" = ${sessionId}::uuid AND "userId" = ${userId}::uuid
    RETURNING "instanceId", kind`;
  const row = rows[0];
  return row ? { instanceId: row.instanceId, kind: ConsoleKind.parse(row.kind) } : null;
}

function hashTicket(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
