import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { Node, NodeListQuery, NodePage, NodeUpdate } from '@/contract/schemas/node';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { listNodeViews, loadNodes } from '../db/nodes';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy, submitJob } from '../jobs/submit';

export async function listNodes(ctx: Ctx, query: NodeListQuery): Promise<NodePage> {
  await authorize(ctx, 'node.view');
  const { items, total } = await listNodeViews(ctx.db, query);
  return { items, total, page: query.page, pageSize: query.pageSize };
}

export async function getNode(ctx: Ctx, { id }: { id: string }): Promise<Node> {
  const actor = await authorize(ctx, 'node.view');
  const view = (await loadNodes(ctx.db, [id], actor)).get(id);
  if (!view) throw notFound({ kind: 'node', id });
  return view;
}

/** Stores what is wanted; the engine's watcher sees the difference and brings it to the node, also when that answers only later. */
export async function updateNode(ctx: Ctx, { id, ...input }: { id: string } & NodeUpdate): Promise<Node> {
  const actor = await authorize(ctx, 'node.update');
  await transact(ctx.db, async (tx) => {
    const before = await lockNode(tx, id);
    await tx.node.update({ where: { id }, data: input });
    const settings = { drained: before.drained, acceleratorSetting: before.acceleratorSetting };
    await recordAudit(tx, {
      action: 'node.update',
      outcome: 'done',
      actor,
      address: actor.address,
      target: { kind: 'node', id, name: before.name },
      details: { before: settings, after: { ...settings, ...input } },
    });
    await publish(tx, { kind: 'node', id });
  });
  return getNode(ctx, { id });
}

/** What it has of what it needs is looked at now, rather than in a few minutes. */
export async function checkNode(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const actor = await authorize(ctx, 'node.update');
  return transact(ctx.db, async (tx) => {
    const { name, state, clusterId } = await lockNode(tx, id);
    if (state !== 'online') throw new AppError('wrong_state', `Cannot check ${name}: it is ${state}`);
    const target = { kind: 'node', id, name } as const;
    const jobId = await submitJob(tx, {
      ...{ operation: 'node.check', params: { nodeId: id }, target, clusterId },
      ...{ ownerId: null, createdById: actor.userId },
    });
    await recordAudit(tx, {
      ...{ action: 'node.check', outcome: 'accepted', actor, address: actor.address, target, jobId },
    });
    await publish(tx, { kind: 'node', id });
    return { jobId };
  });
}

/** Refused while instances are on it: they would be lost. */
export async function removeNode(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const actor = await authorize(ctx, 'node.remove');
  return transact(ctx.db, async (tx) => {
    const { name, clusterId } = await lockNode(tx, id);
    await refuseIfBusy(tx, { id, name });
    const instances = await tx.instance.count({ where: { nodeId: id } });
    if (instances > 0)
      throw new AppError('wrong_state', `Cannot remove ${name}: instances are on it`, {
        details: { instances },
      });
    const target = { kind: 'node', id, name } as const;
    const jobId = await submitJob(tx, {
      ...{ operation: 'node.remove', params: { nodeId: id }, target, clusterId },
      ...{ ownerId: null, createdById: actor.userId },
    });
    await recordAudit(tx, {
      ...{ action: 'node.remove', outcome: 'accepted', actor, address: actor.address, target, jobId },
    });
    await publish(tx, { kind: 'node', id });
    return { jobId };
  });
}

/** Locked until commit: of two requests at the same moment, the second sees what the first one did. */
export async function lockNode(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT id FROM "Node" WHERE id = ${id}::uuid FOR UPDATE`;
  const node = await tx.node.findUnique({ where: { id } });
  if (!node) throw notFound({ kind: 'node', id });
  return node;
}
