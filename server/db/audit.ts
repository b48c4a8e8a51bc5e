// The audit: who did or tried what. Rows are never changed or deleted; secrets never go into `details`.
import { publish } from '../events/publish';
import type { Json, Queryable } from './client';

export type AuditRecord = {
  action: string;
  outcome: 'accepted' | 'refused' | 'done' | 'failed';
  /** null: the console by itself, or someone who is not signed in. */
  actor?: { userId: string; name: string } | null;
  address?: string | null;
  target?: { kind: string; id: string; name?: string } | null;
  /** Whose activity it is besides the actor's: the owner of the target. */
  ownerId?: string | null;
  jobId?: number | null;
  details?: Json;
};

/** Writes the row and announces it. Call it last in a transaction, like `publish`. */
export async function recordAudit(db: Queryable, record: AuditRecord): Promise<void> {
  const { actor = null, target = null, ownerId = null } = record;
  const row = await db.auditEntry.create({
    data: {
      action: record.action,
      outcome: record.outcome,
      actorId: actor?.userId ?? null,
      actorName: actor?.name ?? null,
      address: record.address ?? null,
      targetKind: target?.kind ?? null,
      targetId: target?.id ?? null,
      targetName: target?.name ?? null,
      ownerId,
      jobId: record.jobId ?? null,
      details: record.details ?? {},
    },
    select: { id: true },
  });
  await publish(db, { kind: 'audit', id: String(row.id), ownerId: ownerId ?? actor?.userId ?? null });
}
