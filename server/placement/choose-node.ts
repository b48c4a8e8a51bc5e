// Where a new instance goes. Pure: the same snapshot and wish give the same node, and never one that lacks what is wished.
import { AppError } from '@/contract/errors';
import type { DiskTemplate, HypervisorKind, OsChoice } from '@/contract/schemas/instance';
import { offersTiny } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';
import type { NodeSnapshot } from './node-snapshot';

export type PlacementWish = {
  instanceName: string;
  hypervisor: HypervisorKind;
  diskTemplate: DiskTemplate;
  os: OsChoice;
  memoryMiB: number;
  disksMiB: readonly number[];
  /** Bridges that its NICs are plugged into. */
  bridges: readonly string[];
  /** Whether it starts at once: then the memory must also be free now. */
  start: boolean;
  /** Only this node is considered. */
  nodeId?: string;
};

export const obstacleKinds = [
  'state',
  'drained',
  'hypervisor',
  'diskTemplate',
  'os',
  'iso',
  'bridge',
  'memory',
  'freeMemory',
  'disk',
] as const;
export type ObstacleKind = (typeof obstacleKinds)[number];

/** Why a node can't take it. `needed` and `available` are MiB, where the reason is a size. */
export type Obstacle = { kind: ObstacleKind; says: string; needed?: number; available?: number };
export type RefusedNode = { nodeId: string; name: string; obstacles: Obstacle[] };

/**
 * Answers the chosen node's id. Throws `no_resources` with `details.nodes` (RefusedNode[]); its message counts nodes without naming them, because
 * owners read it and may not see nodes, unless one was asked for.
 */
export function chooseNode(snapshot: readonly NodeSnapshot[], wish: PlacementWish): string {
  const candidates = wish.nodeId ? snapshot.filter((node) => node.id === wish.nodeId) : snapshot;
  if (wish.nodeId && candidates.length === 0)
    throw new AppError(
      'not_found',
      `Cannot place ${wish.instanceName}: the chosen node is not in this cluster`,
    );
  const judged = candidates.map((node) => ({ node, obstacles: findObstacles(node, wish) }));
  const fitting = judged.filter(({ obstacles }) => obstacles.length === 0).map(({ node }) => node);
  const best = fitting.sort(byPreference)[0];
  if (best) return best.id;
  const nodes = judged.map(({ node, obstacles }) => ({ nodeId: node.id, name: node.name, obstacles }));
  throw new AppError('no_resources', describe(nodes, wish), { details: { nodes } });
}

/** What one more instance can get on the node; never negative. `startMiB`: of memory, when it starts at once. */
export function availableOn({ memory, disk }: NodeSnapshot): {
  memoryMiB: number;
  startMiB: number;
  diskMiB: number;
} {
  const memoryMiB = Math.max(0, memory.totalMiB - memoryReserveMiB(memory.totalMiB) - memory.allocatedMiB);
  const freeMiB = Math.max(0, memory.freeMiB - memory.idleMiB);
  const promised = disk.totalMiB - disk.allocatedMiB;
  return {
    memoryMiB,
    startMiB: Math.min(memoryMiB, freeMiB),
    diskMiB: Math.max(0, Math.min(promised, disk.freeMiB) - diskReserveMiB(disk.totalMiB)),
  };
}

/** Kept for the node itself: 512 MiB or 5 %, whichever is more, but not more than an eighth of a small machine. */
export function memoryReserveMiB(totalMiB: number): number {
  return Math.ceil(Math.max(Math.min(512, totalMiB / 8), totalMiB * 0.05));
}

/** A full file system would stop the node's own services too. */
function diskReserveMiB(totalMiB: number): number {
  return Math.ceil(Math.min(1024, totalMiB * 0.05));
}

function findObstacles(node: NodeSnapshot, wish: PlacementWish): Obstacle[] {
  return [...missingOffers(node, wish), ...missingRoom(node, wish)];
}

function missingOffers(node: NodeSnapshot, wish: PlacementWish): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (node.state !== 'online') obstacles.push({ kind: 'state', says: `is ${node.state}` });
  if (node.drained) obstacles.push({ kind: 'drained', says: 'is drained' });
  if (!node.hypervisors.includes(wish.hypervisor))
    obstacles.push({ kind: 'hypervisor', says: `has no ${wish.hypervisor}` });
  if (!node.diskTemplates.includes(wish.diskTemplate))
    obstacles.push({ kind: 'diskTemplate', says: `has no ${wish.diskTemplate} disks` });
  if (wish.os.kind === 'tiny' && !offersTiny(node.oses))
    obstacles.push({ kind: 'os', says: 'has no tiny OS' });
  if (wish.os.kind === 'iso' && !node.isos.includes(wish.os.iso))
    obstacles.push({ kind: 'iso', says: `has no ${wish.os.iso}` });
  const bridges = [...new Set(wish.bridges)].filter((bridge) => !node.bridges.includes(bridge));
  for (const bridge of bridges) obstacles.push({ kind: 'bridge', says: `has no bridge ${bridge}` });
  return obstacles;
}

function missingRoom(node: NodeSnapshot, wish: PlacementWish): Obstacle[] {
  const available = availableOn(node);
  const diskMiB = wish.disksMiB.reduce((total, size) => total + size, 0);
  const rows = [
    { kind: 'memory', needed: wish.memoryMiB, available: available.memoryMiB, noun: 'memory' },
    {
      kind: 'freeMemory',
      needed: wish.start ? wish.memoryMiB : 0,
      available: available.startMiB,
      noun: 'free memory',
    },
    { kind: 'disk', needed: diskMiB, available: available.diskMiB, noun: 'disk' },
  ] as const;
  const lacking = rows.filter((row) => row.needed > row.available);
  // What is not there at all need not be called not free as well.
  const told = lacking.some((row) => row.kind === 'memory')
    ? lacking.filter((row) => row.kind !== 'freeMemory')
    : lacking;
  return told.map(({ noun, ...row }) => ({
    ...row,
    says: `has ${formatMiB(row.available)} of ${noun} for it, ${formatMiB(row.needed)} is needed`,
  }));
}

/** The least loaded share of memory, compared as a fraction without dividing; then the fewest instances; then the name. */
function byPreference(a: NodeSnapshot, b: NodeSnapshot): number {
  const share = a.memory.allocatedMiB * b.memory.totalMiB - b.memory.allocatedMiB * a.memory.totalMiB;
  return share || a.instances - b.instances || compareText(a.name, b.name);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function describe(nodes: RefusedNode[], wish: PlacementWish): string {
  const [only] = nodes;
  if (!only) return `Cannot place ${wish.instanceName}: the cluster has no nodes`;
  if (wish.nodeId) {
    const reasons = only.obstacles.map((obstacle) => obstacle.says).join(', ');
    return `${only.name} cannot take ${wish.instanceName}: it ${reasons}`;
  }
  const reasons = obstacleKinds.flatMap((kind) => summarize(nodes, kind));
  return `No node can take ${wish.instanceName}: ${reasons.join('; ')}`;
}

/** "2 of 3 lack memory (4 GiB needed, at most 1.2 GiB available)" */
function summarize(nodes: RefusedNode[], kind: ObstacleKind): string[] {
  const found = nodes.flatMap((node) => node.obstacles.find((obstacle) => obstacle.kind === kind) ?? []);
  const [first] = found;
  if (!first) return [];
  const count = `${found.length} of ${nodes.length}`;
  if (first.needed === undefined) return [`${count} ${summaries[kind]}`];
  const most = Math.max(...found.map((obstacle) => obstacle.available ?? 0));
  const sizes = `${formatMiB(first.needed)} needed, at most ${formatMiB(most)} available`;
  return [`${count} ${summaries[kind]} (${sizes})`];
}

const summaries: Record<ObstacleKind, string> = {
  state: 'not online',
  drained: 'drained',
  hypervisor: 'without the hypervisor',
  diskTemplate: 'without the disk template',
  os: 'without the OS',
  iso: 'without the ISO file',
  bridge: 'without the bridge',
  memory: 'with too little memory',
  freeMemory: 'with too little free memory now',
  disk: 'with too little disk',
};
