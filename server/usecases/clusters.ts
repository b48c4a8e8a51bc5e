import { AppError } from '@/contract/errors';
import type { Cluster, ClusterCreate, ClusterUpdate } from '@/contract/schemas/cluster';
import type { Limits } from '@/contract/schemas/quota';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Json, Tx } from '../db/client';
import { listClusterViews, loadClusters } from '../db/clusters';
import { refreshStatuses } from '../db/instance-state';
import { isDuplicate, transact } from '../db/transact';
import { publish } from '../events/publish';
import { quotaChangesOf } from '../quotas/limits';
import { rebase } from '../quotas/rebase';
import { prepareHvParams } from './cluster-hv-params';

/** Customers get the names of all clusters, and of the rest only what is their own. */
export async function listClusters(ctx: Ctx): Promise<{ items: Cluster[] }> {
  const actor = await authorize(ctx, 'cluster.list');
  return { items: await listClusterViews(ctx.db, actor) };
}

export async function getCluster(ctx: Ctx, { id }: { id: string }): Promise<Cluster> {
  const actor = await authorize(ctx, 'cluster.view');
  const view = (await loadClusters(ctx.db, [id], actor)).get(id);
  if (!view) throw notFound({ kind: 'cluster', id });
  return view;
}

export async function createCluster(ctx: Ctx, input: ClusterCreate): Promise<Cluster> {
  const actor = await authorize(ctx, 'cluster.update');
  const created = transact(ctx.db, async (tx) => {
    const { defaultQuota, ...columns } = input;
    const data = { ...columns, ...toColumns(defaultQuota) };
    const { id } = await tx.cluster.create({ data, select: { id: true } });
    await auditCluster(tx, { actor, action: 'cluster.create', id, name: input.name, details: data });
    await publish(tx, { kind: 'cluster', id });
    return id;
  });
  const id = await created.catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    const message = `The name ${input.name} is taken.`;
    throw new AppError('already_exists', message, { details: { issues: [{ path: ['name'], message }] } });
  });
  return getCluster(ctx, { id });
}

export async function updateCluster(
  ctx: Ctx,
  { id, defaultQuota, bridges, ...input }: { id: string } & ClusterUpdate,
): Promise<Cluster> {
  const actor = await authorize(ctx, 'cluster.update');
  await transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Cluster" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const before = await tx.cluster.findUnique({ where: { id } });
    if (!before) throw notFound({ kind: 'cluster', id });
    const { quotaPolicy, hvParams } = input;
    if (quotaPolicy && quotaPolicy !== before.quotaPolicy) await rebase(tx, id, quotaPolicy);
    const affected = hvParams
      ? await prepareHvParams(tx, { id, stored: before.hvParams, wanted: hvParams })
      : [];
    const data = {
      ...input,
      ...(bridges && { bridges: [...new Set(bridges)].sort() }),
      ...(defaultQuota && toColumns(defaultQuota)),
    };
    await tx.cluster.update({ where: { id }, data });
    // What a shutdown from inside means follows from it.
    const isRestated = input.userShutdown !== undefined || affected.length > 0;
    const restated = isRestated ? await refreshStatuses(tx, { clusterId: id }) : [];
    const old = Object.fromEntries(Object.entries(before).filter(([key]) => key in data));
    await auditCluster(tx, {
      ...{ actor, action: 'cluster.update', id, name: before.name },
      details: { before: old, after: data },
    });
    // A change of the policy has announced the quotas itself.
    const quotas = defaultQuota ? await quotaChangesOf(tx, id) : [];
    const changed = new Map([...affected, ...restated].map((instance) => [instance.id, instance]));
    const instances = [...changed.values()].map((instance) => ({ kind: 'instance' as const, ...instance }));
    await publish(tx, { kind: 'cluster', id }, ...quotas, ...instances);
  });
  return getCluster(ctx, { id });
}

function toColumns({ instances, vcpus, memoryMiB, diskMiB }: Limits) {
  return { quotaInstances: instances, quotaVcpus: vcpus, quotaMemoryMiB: memoryMiB, quotaDiskMiB: diskMiB };
}

type ClusterAudit = { actor: Actor; action: string; id: string; name: string; details: Json };

async function auditCluster(tx: Tx, { actor, action, id, name, details }: ClusterAudit): Promise<void> {
  await recordAudit(tx, {
    ...{ action, outcome: 'done', actor, address: actor.address, details },
    target: { kind: 'cluster', id, name },
  });
}
