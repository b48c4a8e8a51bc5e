// Whether a disk of one instance can become a disk of another one: its data stay where they lie, so both have to lie there in the same way.
import type { DiskTemplate } from './schemas/disk';
import { limits } from './units';

type Owning = {
  id: string;
  clusterId: string;
  diskTemplate: DiskTemplate;
  nodeId: string | null;
  secondaryId: string | null;
  disks: readonly { name: string | null }[];
};

/** Completes "Cannot move disk 0 of web1 to web2: …"; null where nothing stands against it. Which of two nodes is the primary does not matter. */
export function whyNotMoved(disk: { name: string | null }, from: Owning, to: Owning): string | null {
  if (to.id === from.id) return 'it is the same instance';
  if (to.clusterId !== from.clusterId) return 'they are in different clusters';
  if (to.diskTemplate !== from.diskTemplate)
    return `its disks are ${to.diskTemplate}, not ${from.diskTemplate}`;
  if (nodesOf(to) !== nodesOf(from)) return 'its disks do not lie on the same nodes';
  if (to.disks.length >= limits.disks) return `it has ${limits.disks} disks already`;
  if (disk.name !== null && to.disks.some(({ name }) => name === disk.name))
    return `it has a disk named ${disk.name} already`;
  return null;
}

function nodesOf({ nodeId, secondaryId }: Owning): string {
  return [nodeId, secondaryId].sort().join();
}

/** The first place that is free in an instance, or the one that is preferred; null where all are taken. */
export function freeIndex(taken: readonly { index: number }[], preferred?: number): number | null {
  const isFree = (candidate: number) => !taken.some(({ index }) => index === candidate);
  if (preferred !== undefined && isFree(preferred)) return preferred;
  return [...Array(limits.disks).keys()].find(isFree) ?? null;
}
