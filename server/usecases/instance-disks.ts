// Disks of an instance: their owner may add, grow and remove them within the quota.
import { randomUUID } from 'node:crypto';
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { DiskAdd, DiskAdopt, DiskGrow } from '@/contract/schemas/instance-actions';
import { limits } from '@/contract/units';
import type { Ctx } from '../auth/authorize';
import { noAmounts } from '../quotas/charge';
import { invalidField } from './invalid-field';
import { type LockedInstance, order } from './order-job';

type OnDisk = { id: string; diskId: string };

export function addDisk(ctx: Ctx, { id, sizeMiB }: { id: string } & DiskAdd): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'modify', access: 'instance.disks', operation: 'disk.add', id },
    details: { sizeMiB },
    check: requirePlace,
    charge: () => ({ ...noAmounts, diskMiB: sizeMiB }),
    prepare: async (tx, { disks }) => {
      const taken = new Set(disks.map(({ index }) => index));
      const index = [...Array(limits.disks).keys()].find((each) => !taken.has(each)) ?? 0;
      const data = { instanceId: id, index, sizeMiB, lifecycle: 'creating' };
      return { diskId: (await tx.disk.create({ data, select: { id: true } })).id };
    },
  });
}

/** What it costs of the quota is known when the node has told how large it is: then it is reserved, or the job is refused. */
export function adoptDisk(ctx: Ctx, { id, adopt }: { id: string } & DiskAdopt): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'modify', access: 'disk.adopt', operation: 'disk.add', id },
    params: { adopt },
    check: (instance) => {
      requirePlace(instance);
      const { name, diskTemplate } = instance;
      if (diskTemplate === 'plain') return;
      const why = `its disks are ${diskTemplate}, and only plain ones are volumes by themselves`;
      throw new AppError('wrong_state', `Cannot adopt a volume as a disk of ${name}: ${why}`);
    },
    prepare: async () => ({ diskId: randomUUID() }),
  });
}

export function growDisk(ctx: Ctx, { id, diskId, newSizeMiB }: OnDisk & DiskGrow): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'grow', access: 'instance.disks', operation: 'disk.grow', id },
    params: { diskId, newSizeMiB },
    check: (instance) => {
      if (needDisk(instance, diskId).sizeMiB >= newSizeMiB)
        throw invalidField(['newSizeMiB'], 'A disk can only become larger.');
    },
    charge: (instance) => ({ ...noAmounts, diskMiB: newSizeMiB - needDisk(instance, diskId).sizeMiB }),
  });
}

export function removeDisk(ctx: Ctx, { id, diskId }: OnDisk): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'modify', access: 'instance.disks', operation: 'disk.remove', id },
    params: { diskId },
    check: (instance) => void needDisk(instance, diskId),
  });
}

function requirePlace({ name, diskTemplate, disks }: LockedInstance): void {
  if (diskTemplate === 'diskless')
    throw new AppError('wrong_state', `Cannot add a disk to ${name}: it is diskless`);
  if (disks.length >= limits.disks)
    throw new AppError('wrong_state', `Cannot add a disk to ${name}: it has ${limits.disks} already`);
}

export function needDisk(instance: LockedInstance, diskId: string): LockedInstance['disks'][number] {
  const disk = instance.disks.find(({ id }) => id === diskId);
  if (disk) return disk;
  throw new AppError('not_found', `${instance.name} does not have this disk`);
}
