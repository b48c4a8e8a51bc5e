// Pausing running instances and changing what they have.
import { AppError } from '@/contract/errors';
import { findCd } from '../boot-choice';
import { disksOf } from '../definitions';
import { networkOf, storageOf } from '../driver-choice';
import { releaseDisk } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { findHypervisor, inTurn, needObserved, runningHypervisor } from './running';

type LiveCalls = Pick<
  Handlers,
  | 'instance.pause'
  | 'instance.resume'
  | 'instance.plugDisk'
  | 'instance.unplugDisk'
  | 'instance.plugNic'
  | 'instance.unplugNic'
  | 'instance.resizeDisk'
  | 'instance.balloon'
  | 'instance.changeCd'
  | 'instance.machine'
>;

export function createLiveCalls(parts: NodeParts): LiveCalls {
  const { drivers, definitions } = parts;
  const running = (id: string) => runningHypervisor(drivers, id);
  return {
    'instance.pause': inTurn(parts, 'pause', async ({ instanceId }) => {
      await running(instanceId).pause(instanceId);
      return needObserved(drivers, instanceId);
    }),
    'instance.resume': inTurn(parts, 'resume', async ({ instanceId }) => {
      await running(instanceId).resume(instanceId);
      return needObserved(drivers, instanceId);
    }),
    'instance.resizeDisk': inTurn(parts, 'resize a disk of', async ({ instanceId, ...disk }) => {
      await running(instanceId).resizeDisk(instanceId, disk);
      return {};
    }),
    'instance.balloon': inTurn(parts, 'change the memory of', async ({ instanceId, memoryMiB }) => {
      const { minMemoryMiB, ...defined } = definitions.need(instanceId);
      const least = minMemoryMiB ?? defined.memoryMiB;
      if (memoryMiB < least) throw new AppError('invalid', `it cannot have less than ${least} MiB`);
      await running(instanceId).balloon(instanceId, memoryMiB);
      return needObserved(drivers, instanceId);
    }),
    'instance.changeCd': inTurn(parts, 'change the CD of', async ({ instanceId, iso }) => {
      const cd = iso === null ? null : await findCd(drivers, definitions.need(instanceId), iso);
      await running(instanceId).changeCd(instanceId, cd);
      return {};
    }),
    'instance.machine': inTurn(parts, 'describe', async ({ instanceId }) =>
      running(instanceId).machine(instanceId),
    ),
    ...createPlugCalls(parts),
  };
}

type PlugCalls = Pick<
  LiveCalls,
  'instance.plugDisk' | 'instance.unplugDisk' | 'instance.plugNic' | 'instance.unplugNic'
>;

/** What an instance that does not run is to have, it gets when it starts. */
function createPlugCalls(parts: NodeParts): PlugCalls {
  const { drivers, definitions } = parts;
  const find = (id: string) => findHypervisor(drivers, id);
  return {
    'instance.plugDisk': inTurn(parts, 'plug a disk into', async ({ instanceId, diskId }) => {
      const disk = disksOf(definitions.need(instanceId)).find((one) => one.diskId === diskId);
      if (!disk) throw new AppError('not_found', 'its definition has no such disk');
      const hypervisor = find(instanceId);
      if (!hypervisor) return {};
      const storage = storageOf(drivers, disk.spec.template);
      try {
        const { path } = await storage.assemble(disk);
        await storage.open(disk);
        const isMirrored = storage.mirror !== undefined;
        const { index, mode } = disk;
        await hypervisor.plugDisk(instanceId, { id: diskId, index, mode, path, isMirrored });
      } catch (error) {
        if (!isPlugged(parts, instanceId, diskId)) await releaseDisk(drivers, disk).catch(() => {});
        throw error;
      }
      return {};
    }),
    'instance.unplugDisk': inTurn(parts, 'take a disk out of', async ({ instanceId, diskId }) => {
      await find(instanceId)?.unplugDisk(instanceId, diskId);
      const definition = definitions.get(instanceId);
      const disk = definition && disksOf(definition).find((one) => one.diskId === diskId);
      if (disk) await releaseDisk(drivers, disk);
      return {};
    }),
    'instance.plugNic': inTurn(parts, 'plug a NIC into', async ({ instanceId, nicId }) => {
      const { nics, hvParams } = definitions.need(instanceId);
      const nic = nics.find((one) => one.id === nicId);
      if (!nic) throw new AppError('not_found', 'its definition has no such NIC');
      const hypervisor = find(instanceId);
      if (!hypervisor) return {};
      const network = networkOf(drivers, nic.mode);
      try {
        const plugged = await network.plug(instanceId, nic, { queues: hvParams.nicQueues });
        await hypervisor.plugNic(instanceId, plugged);
      } catch (error) {
        if (!isPlugged(parts, instanceId, nicId)) await network.unplug(instanceId, nic).catch(() => {});
        throw error;
      }
      return {};
    }),
    'instance.unplugNic': inTurn(parts, 'take a NIC out of', async ({ instanceId, nicId }) => {
      await find(instanceId)?.unplugNic(instanceId, nicId);
      const nic = definitions.get(instanceId)?.nics.find((one) => one.id === nicId);
      if (nic) await networkOf(drivers, nic.mode).unplug(instanceId, nic);
      return {};
    }),
  };
}

/** What the machine may have must not be taken from under it. */
function isPlugged({ drivers }: NodeParts, instanceId: string, partId: string): boolean {
  const machine = findHypervisor(drivers, instanceId)?.machine(instanceId);
  return [...(machine?.disks ?? []), ...(machine?.nics ?? [])].some(({ id }) => id === partId);
}
