// Verifications of a cluster, and cleaning up what an interrupted migration left.
import type { Accepted } from '@/contract/schemas/common';
import type { VerifyResult } from '@/contract/schemas/verify';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import { transact } from '../db/transact';
import { loadVerifyResult } from '../db/verify-findings';
import { publish } from '../events/publish';
import { findVerification, submitVerification } from '../jobs/submit-verification';
import { order } from './order-job';

export async function getVerifyResult(ctx: Ctx, { id }: { id: string }): Promise<VerifyResult> {
  await authorize(ctx, 'cluster.view');
  const result = await loadVerifyResult(ctx.db, id);
  if (!result) throw notFound({ kind: 'cluster', id });
  return result;
}

/** One that is under way already, or waits, is as good as another one. */
export async function verifyCluster(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const actor = await authorize(ctx, 'cluster.verify');
  return transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Cluster" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const cluster = await tx.cluster.findUnique({ where: { id }, select: { name: true } });
    if (!cluster) throw notFound({ kind: 'cluster', id });
    const before = await findVerification(tx, id);
    if (before !== null) return { jobId: before };
    const target = { kind: 'cluster', id, name: cluster.name } as const;
    const jobId = await submitVerification(tx, { target, createdById: actor.userId });
    const by = { actor, address: actor.address, target, jobId };
    await recordAudit(tx, { action: 'cluster.verify', outcome: 'accepted', ...by, details: {} });
    await publish(tx, { kind: 'cluster', id });
    return { jobId };
  });
}

export function cleanUpMigration(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const operation = 'instance.cleanupMigration';
  return order(ctx, { action: 'cleanupMigration', access: 'instance.migrate', operation, id });
}
