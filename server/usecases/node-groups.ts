// Node groups. Invariant: mirrors are split across groups only when somebody said so.
import { AppError } from '@/contract/errors';
import type { Cluster } from '@/contract/schemas/cluster';
import type { NodeGroupAssign, NodeGroupCreate, NodeGroupUpdate } from '@/contract/schemas/node-group';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Json, Queryable, Tx } from '../db/client';
import { isDuplicate, transact } from '../db/transact';
import { publish } from '../events/publish';
import { getCluster } from './clusters';

/** Each answers the cluster with its groups as they are then. */
export async function createNodeGroup(
  ctx: Ctx,
  { id, name }: { id: string } & NodeGroupCreate,
): Promise<Cluster> {
  return change(ctx, { id, action: 'nodeGroup.create', details: { group: name } }, async (tx) => {
    await tx.nodeGroup.create({ data: { clusterId: id, name } });
  });
}

export async function updateNodeGroup(
  ctx: Ctx,
  { id, ...input }: { id: string } & NodeGroupUpdate,
): Promise<Cluster> {
  const group = await findGroup(ctx, id);
  const { name, diskParams } = group;
  const details = { group: name, before: { name, diskParams: diskParams ?? {} }, after: input };
  return change(ctx, { id: group.clusterId, action: 'nodeGroup.update', details }, async (tx) => {
    const { count } = await tx.nodeGroup.updateMany({ where: { id }, data: input });
    if (count === 0) throw noSuchGroup(id);
  });
}

export async function removeNodeGroup(ctx: Ctx, { id }: { id: string }): Promise<Cluster> {
  const { clusterId, name } = await findGroup(ctx, id);
  return change(ctx, { id: clusterId, action: 'nodeGroup.remove', details: { group: name } }, async (tx) => {
    const nodes = await tx.node.count({ where: { groupId: id } });
    if (nodes > 0)
      throw new AppError('wrong_state', `Cannot remove the group ${name}: nodes are in it`, {
        details: { nodes },
      });
    await tx.nodeGroup.deleteMany({ where: { id } });
  });
}

export async function assignNodes(
  ctx: Ctx,
  { id, groupId, nodeIds, splitMirrors }: { id: string } & NodeGroupAssign,
): Promise<Cluster> {
  const details = { groupId, nodeIds, splitMirrors };
  return change(ctx, { id, action: 'nodeGroup.assign', details }, async (tx) => {
    if (groupId && !(await tx.nodeGroup.findFirst({ where: { id: groupId, clusterId: id } })))
      throw noSuchGroup(groupId);
    const before = await splitInstances(tx, id);
    const { count } = await tx.node.updateMany({
      where: { id: { in: nodeIds }, clusterId: id },
      data: { groupId },
    });
    if (count !== new Set(nodeIds).size)
      throw new AppError('not_found', 'Cannot move these nodes: not all of them are in this cluster');
    const split = (await splitInstances(tx, id)).filter((name) => !before.includes(name));
    if (split.length > 0 && !splitMirrors) throw wouldSplit(split);
    await publish(tx, ...nodeIds.map((nodeId) => ({ kind: 'node' as const, id: nodeId })));
  });
}

type Change = { id: string; action: string; details: Json };

/** The cluster is locked, so that two changes of its groups see each other. */
async function change(
  ctx: Ctx,
  { id, action, details }: Change,
  work: (tx: Tx) => Promise<void>,
): Promise<Cluster> {
  const actor = await authorize(ctx, 'nodeGroup.update');
  const changed = transact(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Cluster" WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const cluster = await tx.cluster.findUnique({ where: { id }, select: { name: true } });
    if (!cluster) throw notFound({ kind: 'cluster', id });
    await work(tx);
    await audit(tx, { actor, action, id, name: cluster.name, details });
    await publish(tx, { kind: 'cluster', id });
  });
  await changed.catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    const message = 'This cluster has a group of that name already.';
    throw new AppError('already_exists', message, { details: { issues: [{ path: ['name'], message }] } });
  });
  return getCluster(ctx, { id });
}

function audit(
  tx: Tx,
  { actor, action, id, name, details }: Change & { actor: Actor; name: string },
): Promise<void> {
  return recordAudit(tx, {
    ...{ action, outcome: 'done', actor, address: actor.address, details },
    target: { kind: 'cluster', id, name },
  });
}

/** After the right to ask was checked: who may not, learns nothing of groups. */
async function findGroup(ctx: Ctx, id: string) {
  await authorize(ctx, 'nodeGroup.update');
  const group = await ctx.db.nodeGroup.findUnique({ where: { id } });
  if (!group) throw noSuchGroup(id);
  return group;
}

function noSuchGroup(id: string): AppError {
  return new AppError('not_found', 'There is no such node group', { details: { groupId: id } });
}

/** Names of instances whose mirrors have their sides in different groups. */
async function splitInstances(db: Queryable, clusterId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT i.name FROM "Instance" i JOIN "Node" p ON p.id = i."nodeId" JOIN "Node" s ON s.id = i."secondaryId"
    WHERE i."clusterId" = ${clusterId}::uuid AND p."groupId" IS DISTINCT FROM s."groupId" ORDER BY i.name`;
  return rows.map(({ name }) => name);
}

function wouldSplit(names: string[]): AppError {
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return new AppError(
    'wrong_state',
    `The sides of mirrors would come to be in different groups: those of ${shown}${more}`,
    { details: { splits: names.slice(0, 100) } },
  );
}
