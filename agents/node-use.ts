// What a node still has that somebody may miss: instances it knows or runs, disks.
import { isRunning } from './driver-choice';
import type { Definitions } from './definitions';
import type { Drivers } from './drivers';

export type NodeUse = { instances: number; disks: number };

/** null where nothing is left. */
export async function readNodeUse(parts: {
  definitions: Definitions;
  drivers: Drivers;
}): Promise<NodeUse | null> {
  const { hypervisors, storages } = parts.drivers;
  const disks = (await Promise.all(storages.map((storage) => storage.list()))).flat().length;
  const running = hypervisors.flatMap((hypervisor) => hypervisor.list().filter(isRunning)).length;
  const instances = Math.max(parts.definitions.list().length, running);
  return instances === 0 && disks === 0 ? null : { instances, disks };
}

export function describeNodeUse({ instances, disks }: NodeUse): string {
  return `${count(instances, 'instance')} and ${count(disks, 'disk')}`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
