// Gives a disk more room, on both nodes of a mirror, and tells the running guest. Sizes are absolute and nothing is ever made smaller, so what a
// failed job had grown already is simply used by the next one.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { DiskMiB, formatMiB } from '@/contract/units';
import { operation, step } from '../jobs/operation';
import { defineOnAll } from './define-on-all';
import { lookAtInstance } from './look-at-instance';
import { bringUpMirrors, hasMirrors, lookAtMirrors, requireMirrored } from './mirrors';
import { pairOf, toNodeDisk } from './node-disks';
import { callAgent, type InstanceNode, onEach, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, diskId: Id, newSizeMiB: DiskMiB });
type Params = z.infer<typeof Params>;
type Stage = 'check' | 'backing' | 'device';

const check = step('check-room', {
  async do(ctx: Ctx, params: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, params.instanceId);
    const away = nodes.find(({ state }) => state !== 'online');
    if (away)
      throw new AppError(
        'wrong_state',
        `Cannot grow a disk of ${instance.name}: ${away.name} is ${away.state}`,
      );
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes });
      requireMirrored(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    await onEach(nodes, (one) => grow(ctx, one, 'check', params));
  },
});

const growBacking = step('grow-volumes', {
  cancelable: false,
  async do(ctx: Ctx, params: Params) {
    const { nodes } = await readPlaced(ctx, params.instanceId);
    await onEach(nodes, (one) => grow(ctx, one, 'backing', params));
  },
});

const growDevice = step('grow-device', {
  cancelable: false,
  async do(ctx: Ctx, params: Params) {
    const { instanceId, diskId, newSizeMiB: sizeMiB } = params;
    const { node } = await readPlaced(ctx, instanceId);
    await grow(ctx, node, 'device', params);
    if ((await lookAtInstance(ctx, node, instanceId)).isRunning)
      await callAgent(ctx, { node }, 'instance.resizeDisk', { instanceId, diskId, sizeMiB });
  },
});

const record = step('record-size', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, diskId, newSizeMiB: sizeMiB }: Params) {
    await ctx.change(async (tx, announce) => {
      await tx.disk.update({ where: { id: diskId }, data: { sizeMiB } });
      const { ownerId, clusterId } = await tx.instance.findUniqueOrThrow({ where: { id: instanceId } });
      announce({ kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
    });
    await defineOnAll(ctx, instanceId);
    ctx.log(`The disk has ${formatMiB(sizeMiB)} now`);
  },
});

export const diskGrow = operation({
  name: 'disk.grow',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'grow a disk of'),
  steps: [check, growBacking, growDevice, record],
});

async function grow(ctx: Ctx, node: InstanceNode, stage: Stage, { instanceId, diskId, newSizeMiB }: Params) {
  const { instance } = await readPlaced(ctx, instanceId);
  const disk = instance.disks.find(({ id }) => id === diskId);
  if (!disk) throw new AppError('not_found', `${instance.name} does not have this disk`);
  const wipe = instance.cluster.wipeDisks;
  const own = toNodeDisk(instance, disk, pairOf(instance, node.id));
  await callAgent(ctx, { node }, 'disk.grow', { ...own, newSizeMiB, stage, wipe });
}
