import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { DiskSpec, NodeDisk } from '@/contract/schemas/disk';
import { createFaults } from '../simulated-faults';
import { makeTempFolder } from '../testing/temp-folder';
import { describeStorageContract } from './block-device-contract';
import { createSimulatedStorage } from './simulated';
import { openSimulatedPool, type SimulatedPool } from './simulated-pool';

const report = { log: () => {}, progress: () => {} };
const plain: DiskSpec = { template: 'plain', vg: 'corral', stripes: 1 };

const openVg = (folder: string, capacityMiB: number) =>
  openSimulatedPool({ kind: 'vg', name: 'corral', folder, capacityMiB });

const openPlain = (pool: SimulatedPool) =>
  createSimulatedStorage({ template: 'plain', pool, faults: createFaults() });

describeStorageContract('simulated', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const open = () => openSimulatedPool({ kind: 'folder', name: folder, folder, capacityMiB: 1_024 });
  return {
    newSpec: () => ({ template: 'simulated' }),
    createDriver: async () =>
      createSimulatedStorage({ template: 'simulated', pool: open(), faults: createFaults() }),
    ...{ write: null, leaveHalfGiven: null },
    readBytes: null,
    ...{ leaveHalfDone: null, adoption: null },
    close: () => rm(folder, { recursive: true }),
  };
});

describeStorageContract('plain, simulated', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  let pool = openVg(folder, 1_024);
  return {
    newSpec: () => plain,
    createDriver: async () => openPlain((pool = openVg(folder, 1_024))),
    adoption: {
      make: async (name, sizeMiB) => {
        pool.foreign.put(name, { sizeMiB, isOpen: false });
        return { vg: 'corral', name };
      },
      hold: async ({ name }) => {
        const volume = pool.foreign.get(name);
        if (volume) pool.foreign.put(name, { ...volume, isOpen: true });
        return async () => {
          if (volume) pool.foreign.put(name, volume);
        };
      },
      volumeOf: ({ diskId }) => ({ vg: 'corral', name: diskId }),
      isThere: async ({ name }) => pool.foreign.get(name) !== undefined,
      remove: async ({ name }) => pool.foreign.remove(name),
      leaveHalfAdopted: null,
    },
    ...{ write: null, leaveHalfGiven: null },
    readBytes: null,
    leaveHalfDone: null,
    close: () => rm(folder, { recursive: true }),
  };
});

const newDisk = (sizeMiB: number): NodeDisk => ({
  instanceId: randomUUID(),
  diskId: randomUUID(),
  sizeMiB,
  spec: plain,
});

it('runs out of space with the numbers, and has it again after a removal', async () => {
  const storage = openPlain(openVg(await makeTempFolder(), 100));
  const [first, second] = [newDisk(60), newDisk(60)];
  await storage.create(first, { wipe: true }, report);
  await expect(storage.create(second, { wipe: true }, report)).rejects.toMatchObject({
    details: { neededMiB: 60, freeMiB: 40 },
  });
  await storage.remove(first);
  await storage.create(second, { wipe: true }, report);
});

it('has no other volume group than its own', async () => {
  const storage = openPlain(openVg(await makeTempFolder(), 100));
  const disk = { ...newDisk(10), spec: { ...plain, vg: 'other' } };
  await expect(storage.create(disk, { wipe: false }, report)).rejects.toMatchObject({ code: 'not_found' });
});
