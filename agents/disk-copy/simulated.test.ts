import path from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { createSimulatedDoors } from '../hypervisors/simulated-doors';
import { createFaults } from '../simulated-faults';
import { openSimulatedPool } from '../storage/simulated-pool';
import { describeDiskCopyContract } from './disk-copy-contract';
import { createSimulatedCopy } from './simulated';

describeDiskCopyContract('simulated', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-copy-'));
  const doors = createSimulatedDoors();
  const open = (name: string) => {
    const pool = openSimulatedPool({
      ...{ kind: 'vg', name: 'corral', folder: path.join(folder, name), capacityMiB: 1_024 },
    });
    return { pool, copy: createSimulatedCopy({ pools: [pool], doors, faults: createFaults() }) };
  };
  const [source, target] = [open('source'), open('target')];
  return {
    ...{ source: source.copy, target: target.copy, address: '127.0.0.1' },
    makeDisk: async ({ diskId, sourceMiB, targetMiB }) => {
      const base = { instanceId: randomUUID(), diskId, part: 'disk' } as const;
      source.pool.put(diskId, { ...base, sizeMiB: sourceMiB, holds: 'a guest' });
      target.pool.put(diskId, { ...base, sizeMiB: targetMiB });
      return { from: `/dev/plain/${diskId}`, to: `/dev/plain/${diskId}` };
    },
    isEqual: async ({ diskId }) => source.pool.get(diskId)?.holds === target.pool.get(diskId)?.holds,
    held: async () => [],
    close: () => rm(folder, { recursive: true }),
  };
});
