// Takes a node out of the cluster: only one without instances. A node that was not online when the job began need not answer; should it come
// back, it still believes that it belongs to the cluster, but nobody calls it any more.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { NodeState } from '@/contract/states';
import type { Queryable } from '../db/client';
import { operation, step } from '../jobs/operation';
import { lockAllocation } from './allocation-lock';
import { readNode } from './joined-node';
import { doesAnswer, hasCode } from './node-answers';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id });
type Params = z.infer<typeof Params>;

/** Long enough for one lost packet: it is known to be gone, or was there a moment ago. */
const patienceMs = 2_000;

const recordRemoving = step('record-removing', {
  async do(ctx: Ctx, { nodeId }: Params) {
    return ctx.change(async (tx, announce) => {
      const { clusterId, state } = await readNode(tx, nodeId);
      // Placement takes the same lock, so nothing is placed on it from here on.
      await lockAllocation(tx, clusterId);
      await refuseInstances(tx, nodeId);
      await tx.node.update({ where: { id: nodeId }, data: { state: 'removing' } });
      announce({ kind: 'node', id: nodeId });
      // A step that is repeated finds its own change.
      return { before: state === 'removing' ? 'online' : NodeState.parse(state) };
    });
  },
  async undo(ctx: Ctx, { nodeId }: Params) {
    const node = await ctx.db.node.findUnique({ where: { id: nodeId } });
    if (node?.state !== 'removing') return;
    // When it has left already, there is no way back: it cannot be reached, and removing it again then does the rest.
    const before = ctx.output(recordRemoving)?.before ?? 'online';
    const answers = before === 'offline' || (await doesAnswer(ctx, node));
    const state = answers ? before : 'unreachable';
    await ctx.change(async (tx, announce) => {
      await tx.node.update({ where: { id: nodeId }, data: { state } });
      announce({ kind: 'node', id: nodeId });
    });
  },
});

const reach = step('reach', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const mayBeGone = ctx.output(recordRemoving)?.before !== 'online';
    try {
      const options = { signal: ctx.signal, ...(mayBeGone && { patienceMs }) };
      await ctx.services.agents.call(node, 'node.facts', {}, options);
      return { reachable: true };
    } catch (error) {
      if (!mayBeGone || !hasCode(error, 'unavailable')) throw error;
      ctx.log(`${node.name} does not answer; it is removed without being told`, 'warn');
      return { reachable: false };
    }
  },
});

const leave = step('leave', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    if (!ctx.output(reach)?.reachable) return;
    const node = await readNode(ctx.db, nodeId);
    try {
      await ctx.services.agents.call(node, 'node.leave', {}, { patienceMs });
    } catch (error) {
      // It answered just now: it has left already, and only its answer was lost.
      if (!hasCode(error, 'unavailable')) throw error;
      ctx.log(`${node.name} does not answer any more; it is taken to have left`, 'warn');
    }
  },
});

const remove = step('record-removed', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    await ctx.change(async (tx, announce) => {
      const node = await tx.node.findUnique({ where: { id: nodeId }, select: { clusterId: true } });
      if (!node) return;
      await tx.node.delete({ where: { id: nodeId } });
      announce({ kind: 'node', id: nodeId }, { kind: 'cluster', id: node.clusterId });
    });
  },
});

export const nodeRemove = operation({
  name: 'node.remove',
  params: Params,
  locks: ({ nodeId }) => ({ node: [nodeId] }),
  check: (ctx: Ctx, { nodeId }) => refuseInstances(ctx.db, nodeId),
  steps: [recordRemoving, reach, leave, remove],
});

async function refuseInstances(db: Queryable, nodeId: string): Promise<void> {
  const { name } = await readNode(db, nodeId);
  const instances = await db.instance.count({ where: { OR: [{ nodeId }, { secondaryId: nodeId }] } });
  if (instances === 0) return;
  throw new AppError('wrong_state', `Cannot remove ${name}: instances are on it`, { details: { instances } });
}
