import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createFaults } from '../simulated-faults';
import { describeStorageContract } from './block-device-contract';
import { createSimulatedStorage } from './simulated';

const openFolder = () => mkdtemp(path.join(tmpdir(), 'corral-sim-'));

describeStorageContract('simulated', async () => {
  const folder = await openFolder();
  return {
    createDriver: () => createSimulatedStorage({ folder, capacityMiB: 1_024, faults: createFaults() }),
    readBytes: null,
    leaveHalfDone: null,
    close: () => rm(folder, { recursive: true }),
  };
});

it('runs out of space with the numbers, and has it again after a removal', async () => {
  const folder = await openFolder();
  const storage = await createSimulatedStorage({ folder, capacityMiB: 100, faults: createFaults() });
  const report = { log: () => {}, progress: () => {} };
  const first = { instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 60 };
  const second = { ...first, diskId: randomUUID() };
  await storage.create(first, report);
  await expect(storage.create(second, report)).rejects.toMatchObject({
    details: { neededMiB: 60, freeMiB: 40 },
  });
  await storage.remove(first);
  await storage.create(second, report);
  await rm(folder, { recursive: true });
});
