// Disks of the templates `simulated` and `plain` that are only numbers in a simulated pool.
import { AppError } from '@/contract/errors';
import type { NodeDisk } from '@/contract/schemas/disk';
import type { Faults } from '../simulated-faults';
import type { Storage } from './block-device';
import { createSimulatedAdoption } from './simulated-adoption';
import { misbehave, type Manners } from './simulated-manners';
import type { SimulatedPool } from './simulated-pool';

export type SimulatedStorageRequest = Manners & {
  template: 'simulated' | 'plain';
  pool: SimulatedPool;
  faults: Faults;
};

export function createSimulatedStorage(request: SimulatedStorageRequest): Storage {
  const { template, pool, faults } = request;
  const need = ({ diskId }: NodeDisk) => {
    const volume = pool.get(diskId);
    if (volume) return volume;
    throw new AppError('not_found', `disk ${diskId} does not exist`);
  };
  return {
    template,
    create: async (disk, _wish, report) => {
      await faults.pass('storage.create', report.signal);
      const { instanceId, diskId, sizeMiB } = disk;
      refuseForeign(pool, disk);
      const existing = pool.get(diskId);
      if (existing && existing.sizeMiB !== sizeMiB)
        throw new AppError('already_exists', 'the disk exists with another size');
      // What a side of a mirror holds is kept.
      if (existing) return pool.put(diskId, { ...existing, part: 'disk' });
      pool.refuseUnlessFits(sizeMiB);
      await misbehave(request, disk, report);
      pool.put(diskId, { instanceId, diskId, sizeMiB, part: 'disk' });
      report.progress(1);
    },
    assemble: async (disk) => {
      await faults.pass('storage.assemble');
      need(disk);
      return { path: `/dev/${template}/${disk.diskId}` };
    },
    open: async (disk) => {
      await faults.pass('storage.open');
      need(disk);
    },
    close: () => faults.pass('storage.close'),
    shutdown: () => faults.pass('storage.shutdown'),
    remove: async ({ diskId }) => {
      await faults.pass('storage.remove');
      pool.removeOf(diskId);
    },
    give: async ({ diskId }, toInstanceId) => {
      await faults.pass('storage.give');
      pool.giveOf(diskId, toInstanceId);
    },
    grow: async (disk, { sizeMiB, stage }, report) => {
      await faults.pass('storage.grow', report.signal);
      const volume = need(disk);
      const moreMiB = sizeMiB - volume.sizeMiB;
      if (moreMiB > 0) pool.refuseUnlessFits(moreMiB);
      if (moreMiB > 0 && stage === 'backing') pool.put(disk.diskId, { ...volume, sizeMiB });
    },
    list: async () =>
      pool.list('disk').map(({ instanceId, diskId, sizeMiB }) => ({ instanceId, diskId, sizeMiB })),
    pools: async () => [pool.measure()],
    ...(template === 'plain' && { adoption: createSimulatedAdoption(pool, faults) }),
  };
}

/** A volume group that the node does not have. */
export function refuseForeign(pool: SimulatedPool, { spec }: NodeDisk): void {
  const groups = [...('vg' in spec ? [spec.vg] : []), ...('metaVg' in spec ? [spec.metaVg] : [])];
  const foreign = groups.find((group) => group !== pool.name);
  if (foreign) throw new AppError('not_found', `the node has no volume group ${foreign}`);
}
