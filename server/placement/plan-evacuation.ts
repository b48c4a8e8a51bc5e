// How a node can be emptied. Pure: the same snapshot gives the same plan, and no node is promised more than it has room for.
import { AppError } from '@/contract/errors';
import type { EvacuationKind, EvacuationMove, EvacuationRow } from '@/contract/schemas/evacuation';
import { chooseNodes, chooseSecondary } from './choose-node';
import type { NodeSnapshot } from './node-snapshot';
import { toMoveWish } from './move-wish';
import { findObstacles, type PlacementWish } from './obstacles';
import { takeDisks, takeMemory } from './take-room';

export type EvacuatedInstance = {
  id: string;
  nodeId: string | null;
  secondaryId: string | null;
  isRunning: boolean;
  /** Both sides of its mirrors hold the same, as far as is known. */
  isInStep: boolean;
  /** Why it cannot be worked on now, such as a job on it. */
  blocked: string | null;
  wish: PlacementWish;
};

export type EvacuationRequest = {
  nodeId: string;
  /** It is known to be off: its instances are started elsewhere without asking it. */
  isFenced: boolean;
  kind: EvacuationKind;
  /** All of the cluster. */
  nodes: readonly NodeSnapshot[];
  /** Those that have the node as primary or secondary. */
  instances: readonly EvacuatedInstance[];
};

/** One row for each instance that the kind is about; large ones first, because they find room the hardest. */
export function planEvacuation(request: EvacuationRequest): EvacuationRow[] {
  const rooms = new Map(request.nodes.map((node) => [node.id, node]));
  const { kind, nodeId } = request;
  return [...request.instances]
    .filter((one) => (one.nodeId === nodeId ? kind !== 'secondaries' : kind !== 'primaries'))
    .sort(byNeed)
    .map((instance) => planOne(instance, rooms, request));
}

type Rooms = Map<string, NodeSnapshot>;
type Outcome = { moves: EvacuationMove[]; whyNot: string | null };

function planOne(instance: EvacuatedInstance, rooms: Rooms, request: EvacuationRequest): EvacuationRow {
  const { id, wish, isRunning } = instance;
  const role = instance.nodeId === request.nodeId ? 'primary' : 'secondary';
  const plan = role === 'primary' ? planPrimary : planSecondary;
  const outcome = instance.blocked ? { moves: [], whyNot: instance.blocked } : plan(instance, rooms, request);
  return { instance: { id, name: wish.instanceName }, role, isRunning, ...outcome };
}

/** To where its mirrors are; when everything is to go, they are then given another place. */
function planPrimary(instance: EvacuatedInstance, rooms: Rooms, request: EvacuationRequest): Outcome {
  const { wish, secondaryId, isRunning } = instance;
  const target = secondaryId === null ? undefined : rooms.get(secondaryId);
  if (!target) return planMove(instance, rooms, request);
  const source = rooms.get(request.nodeId);
  if (source?.state !== 'online' && !request.isFenced)
    return {
      moves: [],
      whyNot: `it may still run on ${source?.name ?? 'this node'}, which is not known to be off`,
    };
  if (!request.isFenced && !instance.isInStep)
    return { moves: [], whyNot: 'its mirrors are not in step yet' };
  const [obstacle] = findObstacles(target, { ...wish, disksMiB: [], start: isRunning }, 'primary');
  if (obstacle) return { moves: [], whyNot: `${target.name} ${obstacle.says}` };
  rooms.set(target.id, takeMemory(target, wish, isRunning));
  const operation = isRunning && !request.isFenced ? 'instance.migrate' : 'instance.failover';
  const move = { operation, node: refOf(target) } as const;
  if (request.kind !== 'all') return { moves: [move], whyNot: null };
  const next = replaceSecondary({ wish, primaryId: target.id, leftId: request.nodeId }, rooms);
  return { moves: [move, ...next.moves], whyNot: next.whyNot };
}

/** With its disks, which are on this node alone: it has to be there. */
function planMove(
  { wish, isRunning }: EvacuatedInstance,
  rooms: Rooms,
  { nodeId }: EvacuationRequest,
): Outcome {
  const source = rooms.get(nodeId);
  if (wish.diskTemplate === 'drbd' || source?.state !== 'online')
    return { moves: [], whyNot: 'its disks are on this node alone' };
  const others = [...rooms.values()].filter(({ id }) => id !== nodeId);
  return unlessNoRoom(() => {
    const chosen = rooms.get(chooseNodes(others, { ...toMoveWish(wish), start: isRunning }).nodeId);
    if (!chosen) return [];
    rooms.set(chosen.id, takeDisks(takeMemory(chosen, wish, isRunning), wish));
    return [{ operation: 'instance.move', node: refOf(chosen) }];
  });
}

function planSecondary(instance: EvacuatedInstance, rooms: Rooms, request: EvacuationRequest): Outcome {
  const { wish, nodeId } = instance;
  const primary = nodeId === null ? undefined : rooms.get(nodeId);
  if (!primary) return { moves: [], whyNot: 'it is on no node' };
  if (primary.state !== 'online')
    return { moves: [], whyNot: `its node ${primary.name} is ${primary.state}` };
  return replaceSecondary({ wish, primaryId: primary.id, leftId: request.nodeId }, rooms);
}

type Replacement = { wish: PlacementWish; primaryId: string; leftId: string };

function replaceSecondary({ wish, primaryId, leftId }: Replacement, rooms: Rooms): Outcome {
  return unlessNoRoom(() => {
    const nodes = [...rooms.values()];
    const id = chooseSecondary(nodes, wish, { primaryId, exceptIds: [primaryId, leftId] });
    const chosen = rooms.get(id);
    if (!chosen) return [];
    rooms.set(id, takeDisks(chosen, wish));
    return [{ operation: 'instance.replaceDisks', node: refOf(chosen) }];
  });
}

function unlessNoRoom(plan: () => EvacuationMove[]): Outcome {
  try {
    return { moves: plan(), whyNot: null };
  } catch (error) {
    if (error instanceof AppError && error.code === 'no_resources')
      return { moves: [], whyNot: error.message };
    throw error;
  }
}

const refOf = ({ id, name }: NodeSnapshot) => ({ id, name });

function byNeed(a: EvacuatedInstance, b: EvacuatedInstance): number {
  const name = a.wish.instanceName < b.wish.instanceName ? -1 : 1;
  return b.wish.memoryMiB - a.wish.memoryMiB || name;
}
