import type { NodeVolume } from '@/contract/schemas/volume';
import type { Faults } from '../simulated-faults';
import type { SimulatedPool } from './simulated-pool';
import type { VolumeSource } from './volume-source';

/** The volumes of a simulated pool. */
export function createSimulatedVolumes(pool: SimulatedPool, faults: Faults): VolumeSource {
  return {
    has: ({ kind, pool: name }) => kind === pool.kind && name === pool.name,
    list: async () => [
      ...pool.entries().map(([name, { instanceId, diskId, sizeMiB }]): NodeVolume => ({
        ...{ kind: pool.kind, pool: pool.name, name },
        ...{ sizeMiB, tags: [`corral.disk=${diskId}`], diskId, instanceId, inUse: false },
      })),
      ...pool.foreign.entries().map(([name, { sizeMiB, isOpen }]): NodeVolume => ({
        ...{ kind: pool.kind, pool: pool.name, name },
        ...{ sizeMiB, tags: [], diskId: null, instanceId: null, inUse: isOpen },
      })),
    ],
    remove: async ({ name }) => {
      await faults.pass('volume.remove');
      pool.remove(name);
    },
  };
}
