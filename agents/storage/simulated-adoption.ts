// Simulated plain disks of volumes that somebody else made.
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import type { Adoption } from './block-device';
import type { SimulatedPool } from './simulated-pool';

export function createSimulatedAdoption(pool: SimulatedPool, faults: Faults): Adoption {
  const pathOf = (name: string) => `/dev/${pool.name}/${name}`;
  const find = (name: string, isInUse = false) => {
    const cannot = `Cannot adopt ${pool.name}/${name}`;
    if (pool.get(name)) throw new AppError('wrong_state', `${cannot}: it belongs to a disk already`);
    const volume = pool.foreign.get(name);
    if (!volume) throw new AppError('not_found', `${cannot}: it does not exist`);
    if (volume.isOpen && !isInUse) throw new AppError('wrong_state', `${cannot}: something has it open`);
    return volume;
  };
  return {
    examine: async ({ vg, name }) => {
      if (vg !== pool.name) throw new AppError('not_found', `the node has no volume group ${vg}`);
      return { sizeMiB: find(name).sizeMiB };
    },
    locate: async (paths) =>
      paths.map((path) => {
        const [name, made] = pool.foreign.entries().find((entry) => pathOf(entry[0]) === path) ?? [];
        if (!name || !made) return null;
        return { volume: { vg: pool.name, name }, sizeMiB: made.sizeMiB, refusal: null };
      }),
    adopt: async ({ instanceId, diskId, sizeMiB }, name, heldPaths = []) => {
      await faults.pass('storage.adopt');
      if (pool.get(diskId)) return;
      if (find(name, heldPaths.includes(pathOf(name))).sizeMiB !== sizeMiB)
        throw new AppError('wrong_state', 'the volume has another size');
      pool.put(diskId, { instanceId, diskId, sizeMiB, part: 'disk' });
      pool.foreign.remove(name);
    },
    disown: async ({ diskId }, name) => {
      await faults.pass('storage.disown');
      const volume = pool.get(diskId);
      if (!volume) return;
      pool.foreign.put(name, { sizeMiB: volume.sizeMiB, isOpen: false });
      pool.remove(diskId);
    },
  };
}
