// Adds a disk whose row and quota its acceptance has written already: they are taken back when this does not succeed. A running guest gets it at once.
// One that is adopted has both from its first step on, which learns from the node how large it is; what it holds stays, whatever happens.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { freeIndex } from '@/contract/disk-move';
import { AdoptedVolume, DiskParamsOverride, resolveDiskParams } from '@/contract/schemas/disk';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { lockQuota } from '../quotas/accounts';
import { noAmounts } from '../quotas/charge';
import { reserve } from '../quotas/ledger';
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

const Params = z.object({
  instanceId: Id,
  diskId: Id,
  /** A volume of its node that becomes the disk; absent: one is made. */
  adopt: AdoptedVolume.optional(),
});
type Params = z.infer<typeof Params>;

const isAdopted = ({ adopt }: Params) => adopt !== undefined;
const isMade = (params: Params) => !isAdopted(params);

const lookAtVolume = step('look-at-volume', {
  when: isAdopted,
  async do(ctx: Ctx, { instanceId, diskId, adopt }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    if (!adopt || instance.disks.some(({ id }) => id === diskId)) return;
    const { sizeMiB } = await callAgent(ctx, { node }, 'disk.examine', adopt);
    await ctx.change(async (tx, announce) => {
      await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${instanceId}::uuid FOR UPDATE`;
      const { name, ownerId, clusterId, disks } = await readInstance(tx, instanceId);
      if (disks.some(({ id }) => id === diskId)) return;
      const index = freeIndex(disks);
      if (index === null) throw new AppError('wrong_state', `${name} has no place left for a disk`);
      await lockQuota(tx, { ownerId, clusterId });
      const data = { id: diskId, instanceId, index, sizeMiB, vg: adopt.vg, lifecycle: 'creating' };
      await tx.disk.create({ data });
      const amounts = { ...noAmounts, diskMiB: sizeMiB };
      await reserve(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
  // No undo: row and reservation go when the job ends.
});

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
  when: isMade,
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

/** Under its own name it is a disk; the node finds the volume again by what it was tagged with. */
const adoptVolume = step('adopt-volume', {
  when: isAdopted,
  async do(ctx: Ctx, params: Params) {
    const { instance, disk, node } = await readDisk(ctx, params);
    if (!params.adopt) return;
    const own = toNodeDisk(instance, disk, pairOf(instance, node.id));
    await callAgent(ctx, { node }, 'disk.adopt', { ...own, volume: params.adopt.name });
  },
  async undo(ctx: Ctx, { instanceId, diskId, adopt }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const disk = instance.disks.find(({ id }) => id === diskId);
    if (!disk || !adopt) return;
    const own = toNodeDisk(instance, disk, pairOf(instance, node.id));
    await callAgent(ctx, { node }, 'disk.disown', { ...own, volume: adopt.name });
  },
});

const connect = step('connect-mirrors', {
  when: isMade,
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
  check: async (ctx: Ctx, { instanceId, adopt }) => {
    await requireReady(ctx, instanceId, 'add a disk to');
    if (adopt) await requirePlain(ctx, instanceId);
  },
  steps: [lookAtVolume, place, create, adoptVolume, connect, plug],
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

async function requirePlain(ctx: Ctx, instanceId: string): Promise<void> {
  const { name, diskTemplate } = await readInstance(ctx.db, instanceId);
  if (diskTemplate === 'plain') return;
  throw new AppError(
    'wrong_state',
    `Cannot adopt a volume as a disk of ${name}: its disks are ${diskTemplate}`,
  );
}

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
