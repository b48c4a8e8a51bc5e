// How much of what is still to be had on a node. Pure arithmetic over snapshots; never negative, MiB.
import { type DiskParams, type DiskTemplate, drbdMetaMiB } from '@/contract/schemas/disk';
import type { NodeSnapshot, PoolSnapshot } from './node-snapshot';

export type PoolNeed = { kind: PoolSnapshot['kind']; name: string | null; neededMiB: number };

/** What one more instance can get of the memory; `startMiB`, when it starts at once. */
export function memoryOn({ memory }: NodeSnapshot): { memoryMiB: number; startMiB: number } {
  const memoryMiB = Math.max(0, memory.totalMiB - memoryReserveMiB(memory.totalMiB) - memory.allocatedMiB);
  const freeMiB = Math.max(0, memory.freeMiB - memory.idleMiB);
  return { memoryMiB, startMiB: Math.min(memoryMiB, freeMiB) };
}

/** Kept for the node itself: 512 MiB or 5 %, whichever is more, but not more than an eighth of a small machine. */
export function memoryReserveMiB(totalMiB: number): number {
  return Math.ceil(Math.max(Math.min(512, totalMiB / 8), totalMiB * 0.05));
}

/** What disks of these sizes need of which pools. A folder has no name of its own: a node has one. */
export function poolNeeds(
  template: DiskTemplate,
  disksMiB: readonly number[],
  { plain, drbd }: DiskParams,
): PoolNeed[] {
  const total = disksMiB.reduce((sum, size) => sum + size, 0);
  if (template === 'diskless' || disksMiB.length === 0) return [];
  if (template === 'plain') return [{ kind: 'vg', name: plain.vg, neededMiB: total }];
  if (template !== 'drbd') return [{ kind: 'folder', name: null, neededMiB: total }];
  const metaMiB = disksMiB.length * drbdMetaMiB;
  if (drbd.vg === drbd.metaVg) return [{ kind: 'vg', name: drbd.vg, neededMiB: total + metaMiB }];
  return [
    { kind: 'vg', name: drbd.vg, neededMiB: total },
    { kind: 'vg', name: drbd.metaVg, neededMiB: metaMiB },
  ];
}

/** Free in one pool, after what is promised but not written yet and what is held back. */
export function poolRoom(node: NodeSnapshot, { kind, name }: Pick<PoolNeed, 'kind' | 'name'>): number {
  const pool = node.pools.find((one) => one.kind === kind && (name === null || one.name === name));
  if (!pool) return 0;
  const promised = pool.totalMiB - pool.allocatedMiB;
  return Math.max(0, Math.min(promised, pool.freeMiB) - reserveOf(pool));
}

/** The largest single disk of a template that fits on the node now. */
export function largestDisk(node: NodeSnapshot, template: DiskTemplate): number {
  const rooms = poolNeeds(template, [0], node.diskParams).map(
    (need) => poolRoom(node, need) - need.neededMiB,
  );
  return Math.max(0, Math.min(...(rooms.length > 0 ? rooms : [0])));
}

/** A full file system would stop the node's own services too; a volume group holds nothing but volumes. */
function reserveOf({ kind, totalMiB }: PoolSnapshot): number {
  return kind === 'vg' ? 0 : Math.ceil(Math.min(1024, totalMiB * 0.05));
}
