// Takes an offline node back: it answers, nothing runs on it that belongs elsewhere by now, then it is online. Also how a node comes back
// whose machine was installed anew.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { unfinishedJobStatuses } from '@/contract/states';
import type { Tx } from '../db/client';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { configure, onlineColumns, reach } from './node-join';
import { callAgent } from './placed-instance';
import { announceNode } from './record-offline';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id, stopStrays: z.boolean().default(false) });
type Params = z.infer<typeof Params>;

const stopStrays = step('stop-strays', {
  async do(ctx: Ctx, { nodeId, stopStrays: mayStop }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const strays = await findStrays(ctx, node);
    if (strays.length === 0) return ctx.log(`Nothing runs on ${node.name} that belongs elsewhere`);
    const names = strays.map(({ name }) => name).join(', ');
    if (!mayStop)
      throw new AppError(
        'wrong_state',
        `Cannot set ${node.name} online: instances run on it that belong to other nodes by now: ${names}`,
        { details: { instances: strays.map(({ id, name }) => ({ id, name })) } },
      );
    for (const { id: instanceId, name } of strays) {
      ctx.log(`Stops ${name}, which belongs to another node by now`, 'warn');
      await callAgent(ctx, { node }, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
    }
  },
});

const recordOnline = step('record-online', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    await ctx.change(async (tx, announce) => {
      const node = await readNode(tx, nodeId);
      await refuseDuringFailover(tx, node);
      const fencing = { fencedAt: null, fencedHow: null, answersSince: null };
      const seen = onlineColumns(node, { facts: ctx.output(configure), skewMs: ctx.output(reach)?.skewMs });
      await tx.node.update({ where: { id: nodeId }, data: { ...seen, ...fencing }, select: { id: true } });
      await announceNode(tx, announce, { nodeId, clusterId: node.clusterId });
    });
  },
  // No undo: it is the last step, and what it wrote is true of the node.
});

export const nodeSetOnline = operation({
  name: 'node.setOnline',
  params: Params,
  locks: ({ nodeId }) => ({ node: [nodeId] }),
  steps: [reach, configure, stopStrays, recordOnline],
});

/** What runs on the node although the database has it on another one, or not at all. */
async function findStrays(ctx: Ctx, node: { id: string; name: string; address: string }) {
  const { instances } = await callAgent(ctx, { node }, 'instance.list', {});
  const running = instances.filter(({ operState }) => operState === 'running' || operState === 'paused');
  const own = await ctx.db.instance.findMany({ where: { nodeId: node.id }, select: { id: true } });
  const ownIds = new Set(own.map(({ id }) => id));
  return running.filter(({ id }) => !ownIds.has(id));
}

/** A failover that has begun counts on this node staying off. */
async function refuseDuringFailover(tx: Tx, { id, name }: { id: string; name: string }): Promise<void> {
  const instances = await tx.instance.findMany({
    where: { OR: [{ nodeId: id }, { secondaryId: id }] },
    select: { id: true },
  });
  const job = await tx.job.findFirst({
    where: {
      operation: 'instance.failover',
      status: { in: [...unfinishedJobStatuses] },
      targetId: { in: instances.map((instance) => instance.id) },
    },
  });
  if (!job) return;
  throw new AppError(
    'busy',
    `Cannot set ${name} online: job ${job.id} starts ${job.targetName} on another node because ${name} is off`,
    { details: { jobId: job.id } },
  );
}
