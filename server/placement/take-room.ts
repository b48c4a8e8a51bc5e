// Snapshots as they will be once an instance has come. Pure: for plans of many moves, where each takes room from the next.
import type { NodeSnapshot } from './node-snapshot';
import type { PlacementWish } from './obstacles';
import { poolNeeds } from './room';

type Needs = Pick<PlacementWish, 'memoryMiB' | 'diskTemplate' | 'disksMiB'>;

/** The node with the instance as its primary, whose disks it has already. */
export function takeMemory(node: NodeSnapshot, { memoryMiB }: Needs, isRunning: boolean): NodeSnapshot {
  const { memory } = node;
  return {
    ...node,
    instances: node.instances + 1,
    memory: {
      ...memory,
      allocatedMiB: memory.allocatedMiB + memoryMiB,
      freeMiB: isRunning ? Math.max(0, memory.freeMiB - memoryMiB) : memory.freeMiB,
      idleMiB: isRunning ? memory.idleMiB : memory.idleMiB + memoryMiB,
    },
  };
}

/** The node with the instance's disks, or one side of their mirrors. */
export function takeDisks(node: NodeSnapshot, { diskTemplate, disksMiB }: Needs): NodeSnapshot {
  const needs = poolNeeds(diskTemplate, disksMiB, node.diskParams);
  return {
    ...node,
    pools: node.pools.map((pool) => {
      const need = needs.find(
        ({ kind, name }) => kind === pool.kind && (name === null || name === pool.name),
      );
      if (!need) return pool;
      const { neededMiB } = need;
      return {
        ...pool,
        allocatedMiB: pool.allocatedMiB + neededMiB,
        freeMiB: Math.max(0, pool.freeMiB - neededMiB),
      };
    }),
  };
}
