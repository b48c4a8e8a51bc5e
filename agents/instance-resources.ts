// Everything a running instance holds on the node besides its process: assembled disks and plugged NICs.
import type { InstanceDefinition } from '@/contract/agent-calls';
import { networkOf, storageOf } from './driver-choice';
import type { Drivers } from './drivers';
import type { AssembledDisk, PluggedNic } from './hypervisors/hypervisor';

const byIndex = (a: { index: number }, b: { index: number }) => a.index - b.index;

/** Assembles all disks and plugs all NICs, in the order of their indexes. What was taken before a failure is the caller's to release. */
export async function takeResources(
  drivers: Drivers,
  definition: InstanceDefinition,
): Promise<{ disks: AssembledDisk[]; nics: PluggedNic[] }> {
  const instanceId = definition.id;
  const disks: AssembledDisk[] = [];
  for (const { id, index } of definition.disks.toSorted(byIndex)) {
    const storage = storageOf(drivers, definition.diskTemplate);
    disks.push({ id, index, ...(await storage.assemble({ instanceId, diskId: id })) });
  }
  const nics: PluggedNic[] = [];
  for (const nic of definition.nics.toSorted(byIndex))
    nics.push(await networkOf(drivers, nic.mode).plug(instanceId, nic));
  return { disks, nics };
}

/** Releases all of it, also what is not held; goes on after a failure and throws the first one at the end. */
export async function releaseResources(drivers: Drivers, definition: InstanceDefinition): Promise<void> {
  const instanceId = definition.id;
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const nic of definition.nics)
    await attempt(() => networkOf(drivers, nic.mode).unplug(instanceId, nic));
  for (const disk of definition.disks)
    await attempt(() =>
      storageOf(drivers, definition.diskTemplate).shutdown({ instanceId, diskId: disk.id }),
    );
  if (failures.length > 0) throw failures[0];
}
