// Disks of an instance: their owner may add, grow and remove them within the quota.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { DiskAdd, DiskGrow } from '@/contract/schemas/instance-actions';
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
    check: ({ name, diskTemplate, disks }) => {
      if (diskTemplate === 'diskless')
        throw new AppError('wrong_state', `Cannot add a disk to ${name}: it is diskless`);
      if (disks.length >= limits.disks)
        throw new AppError('wrong_state', `Cannot add a disk to ${name}: it has ${limits.disks} already`);
    },
    charge: () => ({ ...noAmounts, diskMiB: sizeMiB }),
    prepare: async (tx, { disks }) => {
      const taken = new Set(disks.map(({ index }) => index));
      const index = [...Array(limits.disks).keys()].find((each) => !taken.has(each)) ?? 0;
      const data = { instanceId: id, index, sizeMiB, lifecycle: 'creating' };
      return { diskId: (await tx.disk.create({ data, select: { id: true } })).id };
    },
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

export function needDisk(instance: LockedInstance, diskId: string): LockedInstance['disks'][number] {
  const disk = instance.disks.find(({ id }) => id === diskId);
  if (disk) return disk;
  throw new AppError('not_found', `${instance.name} does not have this disk`);
}
