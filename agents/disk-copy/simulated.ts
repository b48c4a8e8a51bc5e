// Copies what simulated disks hold through doors of the process.
import type { DiskDoor } from '@/contract/agent-disk-calls';
import { AppError } from '@/contract/errors';
import type { SimulatedDoors } from '../hypervisors/simulated-doors';
import type { Faults } from '../simulated-faults';
import type { SimulatedPool } from '../storage/simulated-pool';
import type { DiskCopy } from './disk-copy';

const bytesPerMiB = 1024 * 1024;
const parts = 4;

export type SimulatedCopyRequest = { pools: SimulatedPool[]; doors: SimulatedDoors; faults: Faults };

export function createSimulatedCopy({ pools, doors, faults }: SimulatedCopyRequest): DiskCopy {
  const waiting = new Map<string, { door: DiskDoor; hasArrived: boolean }>();
  const need = (diskId: string) => {
    for (const pool of pools) {
      const volume = pool.get(diskId);
      if (volume) return { pool, volume, sizeBytes: volume.sizeMiB * bytesPerMiB };
    }
    throw new AppError('not_found', `disk ${diskId} does not exist`);
  };
  const end = async (diskId: string) => {
    const found = waiting.get(diskId);
    if (found) doors.close(found.door);
    waiting.delete(diskId);
  };
  return {
    async receive({ diskId, address }) {
      await end(diskId);
      await faults.pass('copy.receive');
      const { pool, sizeBytes } = need(diskId);
      const opened = doors.open(address, (holds) => {
        pool.put(diskId, { ...need(diskId).volume, holds });
        waiting.set(diskId, { door, hasArrived: true });
      });
      const door: DiskDoor = { ...opened, sizeBytes };
      waiting.set(diskId, { door, hasArrived: false });
      return door;
    },
    async send({ diskId, door }, { progress, signal }) {
      const { volume, sizeBytes } = need(diskId);
      if (sizeBytes !== door.sizeBytes)
        throw new AppError(
          'wrong_state',
          `it has ${sizeBytes} bytes here and ${door.sizeBytes} on the other node`,
        );
      doors.check(door);
      for (let part = 1; part <= parts; part += 1) {
        await faults.pass('copy.send', signal);
        if (signal?.aborted) throw new AppError('canceled', 'canceled');
        progress(part / parts);
      }
      doors.pass(door, volume.holds);
    },
    async settle({ diskId }) {
      await faults.pass('copy.settle');
      if (waiting.get(diskId)?.hasArrived === false)
        throw new AppError('wrong_state', 'the sender has not gone');
      await end(diskId);
    },
    end,
    async endAll() {
      for (const diskId of [...waiting.keys()]) await end(diskId);
    },
  };
}
