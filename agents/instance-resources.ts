// Everything a running instance holds on the node besides its process: assembled and opened disks, plugged NICs.
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { NodeDisk } from '@/contract/schemas/disk';
import { disksOf } from './definitions';
import { networkOf, storageOf } from './driver-choice';
import type { Drivers } from './drivers';
import type { AssembledDisk, PluggedNic } from './hypervisors/hypervisor';

/** Assembles all disks, then opens them all, then plugs all NICs, in the order of their indexes. What was taken before a failure is the caller's to release. */
export async function takeResources(
  drivers: Drivers,
  definition: InstanceDefinition,
): Promise<{ disks: AssembledDisk[]; nics: PluggedNic[] }> {
  const wanted = disksOf(definition);
  const disks: AssembledDisk[] = [];
  for (const disk of wanted) {
    const storage = storageOf(drivers, disk.spec.template);
    const { path } = await storage.assemble(disk);
    const { diskId: id, index, mode } = disk;
    disks.push({ id, index, mode, path, isMirrored: storage.mirror !== undefined });
  }
  for (const disk of wanted) await storageOf(drivers, disk.spec.template).open(disk);
  const nics: PluggedNic[] = [];
  for (const nic of definition.nics.toSorted((a, b) => a.index - b.index))
    nics.push(
      await networkOf(drivers, nic.mode).plug(definition.id, nic, { queues: definition.hvParams.nicQueues }),
    );
  return { disks, nics };
}

/** Releases all of it, also what is not held; goes on after a failure and throws the first one at the end. */
export async function releaseResources(drivers: Drivers, definition: InstanceDefinition): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  for (const nic of definition.nics)
    await attempt(() => networkOf(drivers, nic.mode).unplug(definition.id, nic));
  for (const disk of disksOf(definition)) await attempt(() => releaseDisk(drivers, disk));
  if (failures.length > 0) throw failures[0];
}

/** A mirror stays up and in step while nobody uses it: only the control plane shuts one down. */
export async function releaseDisk(drivers: Drivers, disk: NodeDisk): Promise<void> {
  const storage = storageOf(drivers, disk.spec.template);
  await (storage.mirror ? storage.close(disk) : storage.shutdown(disk));
}
