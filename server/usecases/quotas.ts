import type { Quota, QuotaOverride } from '@/contract/schemas/quota';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import { transact } from '../db/transact';
import { lockQuota } from '../quotas/accounts';
import { readQuota, readQuotasOf, setOverride } from '../quotas/limits';

/** Use and limits of a user, one for each cluster. */
export async function listQuotas(ctx: Ctx, { id }: { id: string }): Promise<{ items: Quota[] }> {
  await authorize(ctx, 'quota.view', { kind: 'user', id, userId: id });
  return { items: await readQuotasOf(ctx.db, id) };
}

type QuotaUpdate = { id: string; clusterId: string; override: QuotaOverride };

export async function updateQuota(ctx: Ctx, { id, clusterId, override }: QuotaUpdate): Promise<Quota> {
  const actor = await authorize(ctx, 'quota.update');
  return transact(ctx.db, async (tx) => {
    const user = await tx.user.findUnique({ where: { id }, select: { login: true } });
    if (!user) throw notFound({ kind: 'user', id });
    await lockQuota(tx, { ownerId: id, clusterId });
    const before = await readQuota(tx, id, clusterId);
    await setOverride(tx, { ownerId: id, clusterId, override });
    await recordAudit(tx, {
      action: 'quota.update',
      outcome: 'done',
      actor,
      address: actor.address,
      target: { kind: 'user', id, name: user.login },
      ownerId: id,
      details: { cluster: before.cluster.name, before: before.override, after: override },
    });
    return readQuota(tx, id, clusterId);
  });
}
