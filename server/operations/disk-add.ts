// Adds a disk whose row and quota its acceptance has written already: they are taken back when this does not succeed. A running guest gets it at once.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { DiskParamsOverride, resolveDiskParams } from '@/contract/schemas/disk';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { lockAllocation } from './allocation-lock';
import { settleNewMirrors } from './mirrors';
import { pairOf, toNodeDisk } from './node-disks';
import { placeDisks } from './place-disks';
import {
  callAgent,
  onEach,
  type PlacedDisk,
  readInstance,
  readPlaced,
  requireReady,
} from './placed-instance';
import { plugIn, takeOut } from './plug-disk';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, diskId: Id });
type Params = z.infer<typeof Params>;

const place = step('place-disk', {
  async do(ctx: Ctx, { instanceId }: Params) {
    await ctx.change(async (tx) => {
      const instance = await readInstance(tx, instanceId);
      await lockAllocation(tx, instance.clusterId);
      const group = DiskParamsOverride.parse(instance.node?.group?.diskParams ?? {});
      const cluster = DiskParamsOverride.parse(instance.cluster.diskParams);
      await placeDisks(tx, instance, resolveDiskParams(cluster, group));
    });
  },
  // No undo: what was placed goes with the disk's row.
});

const create = step('create-disks', {
  async do(ctx: Ctx, params: Params) {
    const { instance, disk, nodes } = await readDisk(ctx, params);
    const wipe = instance.cluster.wipeDisks;
    await onEach(nodes, (node) =>
      callAgent(ctx, { node }, 'disk.create', {
        ...toNodeDisk(instance, disk, pairOf(instance, node.id)),
        wipe,
      }),
    );
    return { wiped: wipe };
  },
  async undo(ctx: Ctx, params: Params) {
    const { instance, disk, nodes } = await readDisk(ctx, params);
    await onEach(nodes, (node) =>
      callAgent(ctx, { node }, 'disk.remove', toNodeDisk(instance, disk, pairOf(instance, node.id))),
    );
  },
});

const connect = step('connect-mirrors', {
  async do(ctx: Ctx, params: Params) {
    const { instance, disk, nodes } = await readDisk(ctx, params);
    if (instance.diskTemplate !== 'drbd') return;
    const how = ctx.output(create)?.wiped ? 'inSync' : 'thisSide';
    await settleNewMirrors(ctx, { instance: { ...instance, disks: [disk] }, nodes, how });
  },
});

const plug = step('plug-disk', {
  do: (ctx: Ctx, disk: Params) => plugIn(ctx, disk),
  undo: (ctx: Ctx, disk: Params) => takeOut(ctx, disk, 'creating'),
});

export const diskAdd = operation({
  name: 'disk.add',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'add a disk to'),
  steps: [place, create, connect, plug],
  abandon: async (tx, { instanceId, diskId }, { undone, announce }) => {
    const disk = await tx.disk.findUnique({ where: { id: diskId }, include: { instance: true } });
    if (!disk) return 'release';
    announce({ kind: 'instance', id: instanceId, ownerId: disk.instance.ownerId });
    // Something of it is left on a node: it stays in the list, and is charged, until it is removed.
    if (!undone) return 'keep';
    await tx.disk.delete({ where: { id: diskId } });
    return 'release';
  },
});

/** Also while it is being created, when it is no part of the machine yet. */
export async function readDisk(
  ctx: Ctx,
  { instanceId, diskId }: { instanceId: string; diskId: string },
): Promise<{ disk: PlacedDisk } & Awaited<ReturnType<typeof readPlaced>>> {
  const placed = await readPlaced(ctx, instanceId);
  const disk = placed.instance.disks.find(({ id }) => id === diskId);
  if (disk) return { ...placed, disk };
  throw new AppError('not_found', `${placed.instance.name} does not have this disk any more`);
}
