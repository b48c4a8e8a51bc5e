// What placement is asked for an instance that is in the database.
import type { PlacementWish } from '../placement/obstacles';
import type { PlacedInstance } from './placed-instance';

export function toPlacementWish(instance: PlacedInstance, { start }: { start: boolean }): PlacementWish {
  const { name, hypervisor, diskTemplate, os, memoryMiB, disksMiB } = instance;
  return {
    ...{ hypervisor, diskTemplate, os, memoryMiB, disksMiB, start },
    instanceName: name,
    bridges: instance.nics.flatMap((nic) => nic.link ?? []),
  };
}
