// Removes an instance for good. With `record-removing` there is no way back: nothing is undone, a cancel comes too late, and after a failure
// the instance stays `removing` until the removal is asked for again, which takes up where this one ended.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { giveBack } from '../quotas/ledger';
import { toNodeDisks } from './node-disks';
import { callAgent, findInstance, type InstanceNode, onEach, type PlacedInstance } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

const recordRemoving = step('record-removing', {
  async do(ctx: Ctx, { instanceId }: Params) {
    await ctx.change(async (tx, announce) => {
      await changeInstance(tx, instanceId, () => ({ lifecycle: 'removing' }));
      const ownerId = (await findInstance(tx, instanceId))?.ownerId;
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

const stop = step('stop', {
  cancelable: false,
  do: (ctx: Ctx, { instanceId }: Params) =>
    onItsNodes(ctx, instanceId, async ({ node }) => {
      await callAgent(ctx, { node }, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
    }),
});

const removeDisks = step('remove-disks', {
  cancelable: false,
  do: (ctx: Ctx, { instanceId }: Params) =>
    onItsNodes(ctx, instanceId, async ({ node, instance }) => {
      for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
    }),
});

const forget = step('forget', {
  cancelable: false,
  do: (ctx: Ctx, { instanceId }: Params) =>
    onItsNodes(ctx, instanceId, async ({ node }) => {
      await callAgent(ctx, { node }, 'instance.forget', { instanceId });
    }),
});

const recordRemoved = step('record-removed', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    await ctx.change(async (tx, announce) => {
      const instance = await findInstance(tx, instanceId);
      if (!instance) return;
      const { ownerId, clusterId, nodeId, secondaryId } = instance;
      await tx.instance.delete({ where: { id: instanceId } });
      await giveBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts: 'everything' });
      announce({ kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
      for (const id of [nodeId, secondaryId]) if (id) announce({ kind: 'node', id });
    });
  },
});

export const instanceRemove = operation({
  name: 'instance.remove',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  steps: [recordRemoving, stop, removeDisks, forget, recordRemoved],
});

type OnNode = { instance: PlacedInstance; node: InstanceNode };

/**
 * Where an instance has no node, there is nothing to clear away: its node was removed, or it never had one. A node that was declared offline
 * is not asked; what lies on it is an orphan when it comes back, which verifying the cluster finds.
 */
async function onItsNodes(
  ctx: Ctx,
  instanceId: string,
  work: (placed: OnNode) => Promise<void>,
): Promise<void> {
  const instance = await findInstance(ctx.db, instanceId);
  if (!instance) return;
  const nodes = [instance.node, instance.secondary].filter((node) => node !== null);
  for (const node of nodes.filter(({ state }) => state === 'offline'))
    ctx.log(`${node.name} is offline: what it has of ${instance.name} stays on it`, 'warn');
  await onEach(
    nodes.filter(({ state }) => state !== 'offline'),
    (node) => work({ instance, node }),
  );
}
