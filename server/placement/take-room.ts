// Snapshots as they will be once an instance has come. Pure: for plans of many moves, where each takes room from the next.
import type { NodeSnapshot, PoolSnapshot } from './node-snapshot';
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
export function takeDisks(node: NodeSnapshot, needs: Needs): NodeSnapshot {
  return {
    ...node,
    pools: node.pools.map((pool) => {
      const neededMiB = neededOf(node, needs, pool);
      return {
        ...pool,
        allocatedMiB: pool.allocatedMiB + neededMiB,
        freeMiB: Math.max(0, pool.freeMiB - neededMiB),
      };
    }),
  };
}

/** The node as it would be without an instance that it has, whose disks on it are there whole. */
export function returnRoom(
  node: NodeSnapshot,
  needs: Needs,
  { isPrimary }: { isPrimary: boolean },
): NodeSnapshot {
  const { memory } = node;
  const memoryMiB = isPrimary ? needs.memoryMiB : 0;
  return {
    ...node,
    memory: {
      ...memory,
      allocatedMiB: Math.max(0, memory.allocatedMiB - memoryMiB),
      idleMiB: Math.max(0, memory.idleMiB - memoryMiB),
    },
    pools: node.pools.map((pool) => {
      const neededMiB = neededOf(node, needs, pool);
      return {
        ...pool,
        allocatedMiB: Math.max(0, pool.allocatedMiB - neededMiB),
        freeMiB: Math.min(pool.totalMiB, pool.freeMiB + neededMiB),
      };
    }),
  };
}

function neededOf(node: NodeSnapshot, { diskTemplate, disksMiB }: Needs, pool: PoolSnapshot): number {
  const need = poolNeeds(diskTemplate, disksMiB, node.diskParams).find(
    ({ kind, name }) => kind === pool.kind && (name === null || name === pool.name),
  );
  return need?.neededMiB ?? 0;
}
