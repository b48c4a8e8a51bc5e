import type { NodeVolume } from '@/contract/schemas/volume';
import type { Faults } from '../simulated-faults';
import type { SimulatedPool } from './simulated-pool';
import type { VolumeSource } from './volume-source';

/** The volumes of a simulated pool. */
export function createSimulatedVolumes(pool: SimulatedPool, faults: Faults): VolumeSource {
  return {
    has: ({ kind, pool: name }) => kind === pool.kind && name === pool.name,
    list: async () =>
      pool.entries().map(([name, { instanceId, diskId, sizeMiB }]): NodeVolume => ({
        ...{ kind: pool.kind, pool: pool.name, name },
        ...{ sizeMiB, tags: [`corral.disk=${diskId}`], diskId, instanceId, inUse: false },
      })),
    remove: async ({ name }) => {
      await faults.pass('volume.remove');
      pool.remove(name);
    },
  };
}
