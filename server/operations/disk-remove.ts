// Takes any disk away from an instance, for good. A running guest has to let go of it first; once it has, there is no way back.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { noAmounts } from '../quotas/charge';
import { giveBack } from '../quotas/ledger';
import { defineOnAll } from './define-on-all';
import { readDisk } from './disk-add';
import { pairOf, toNodeDisk } from './node-disks';
import { callAgent, onEach, requireReady } from './placed-instance';
import { plugAgain, setLifecycle, unplug } from './plug-disk';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, diskId: Id });
type Params = z.infer<typeof Params>;

const unplugDisk = step('unplug-disk', {
  do: (ctx: Ctx, disk: Params) => unplug(ctx, disk),
  undo: (ctx: Ctx, disk: Params) => plugAgain(ctx, disk),
});

const recordRemoving = step('record-removing', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, diskId }: Params) {
    await setLifecycle(ctx, { instanceId, diskId }, 'removing');
    await defineOnAll(ctx, instanceId);
  },
});

const removeDisks = step('remove-disks', {
  cancelable: false,
  async do(ctx: Ctx, params: Params) {
    const { instance, disk, nodes } = await readDisk(ctx, params);
    for (const node of nodes.filter(({ state }) => state === 'offline'))
      ctx.log(`${node.name} is offline: what it has of the disk stays on it`, 'warn');
    await onEach(
      nodes.filter(({ state }) => state !== 'offline'),
      (node) =>
        callAgent(ctx, { node }, 'disk.remove', toNodeDisk(instance, disk, pairOf(instance, node.id))),
    );
  },
});

const recordRemoved = step('record-removed', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, diskId }: Params) {
    await ctx.change(async (tx, announce) => {
      const disk = await tx.disk.findUnique({ where: { id: diskId }, include: { instance: true } });
      if (!disk) return;
      const { ownerId, clusterId } = disk.instance;
      await tx.disk.delete({ where: { id: diskId } });
      const amounts = { ...noAmounts, diskMiB: disk.sizeMiB };
      await giveBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts });
      announce({ kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
    });
  },
});

export const diskRemove = operation({
  name: 'disk.remove',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'remove a disk of'),
  steps: [unplugDisk, recordRemoving, removeDisks, recordRemoved],
});
