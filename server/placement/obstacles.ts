// Why a node can't take an instance, as its primary or as its secondary node.
import type { DiskTemplate } from '@/contract/schemas/disk';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import { type OsChoice, scriptOf } from '@/contract/schemas/instance';
import { offersImages, offersTiny } from '@/contract/schemas/node';
import { whyNoScript } from '@/contract/schemas/os-script';
import { formatMiB } from '@/contract/units';
import type { NodeSnapshot } from './node-snapshot';
import { memoryOn, poolNeeds, poolRoom } from './room';

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
  /** Only these nodes are considered. */
  nodeId?: string;
  secondaryId?: string;
};

export type Role = 'primary' | 'secondary';

export const obstacleKinds = [
  'state',
  'drained',
  'hypervisor',
  'diskTemplate',
  'replication',
  'os',
  'iso',
  'bridge',
  'memory',
  'freeMemory',
  'disk',
] as const;
export type ObstacleKind = (typeof obstacleKinds)[number];

/** `needed` and `available` are MiB, where the reason is a size. */
export type Obstacle = { kind: ObstacleKind; says: string; needed?: number; available?: number };

export function findObstacles(node: NodeSnapshot, wish: PlacementWish, role: Role): Obstacle[] {
  return [...missingOffers(node, wish, role), ...missingRoom(node, wish, role)];
}

function missingOffers(node: NodeSnapshot, wish: PlacementWish, role: Role): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (node.state !== 'online') obstacles.push({ kind: 'state', says: `is ${node.state}` });
  if (node.drained) obstacles.push({ kind: 'drained', says: 'is drained' });
  if (!node.hypervisors.includes(wish.hypervisor))
    obstacles.push({ kind: 'hypervisor', says: `has no ${wish.hypervisor}` });
  if (!node.diskTemplates.includes(wish.diskTemplate))
    obstacles.push({ kind: 'diskTemplate', says: `has no ${wish.diskTemplate} disks` });
  if (wish.diskTemplate === 'drbd' && !node.canMirror)
    obstacles.push({ kind: 'replication', says: 'has told no address for mirrors' });
  const bridges = [...new Set(wish.bridges)].filter((bridge) => !node.bridges.includes(bridge));
  for (const bridge of bridges) obstacles.push({ kind: 'bridge', says: `has no bridge ${bridge}` });
  return role === 'primary' ? [...obstacles, ...missingOs(node, wish)] : obstacles;
}

function missingOs(node: NodeSnapshot, { os }: PlacementWish): Obstacle[] {
  if (os.kind === 'tiny' && !offersTiny(node.oses)) return [{ kind: 'os', says: 'has no tiny OS' }];
  const script = scriptOf(os);
  if (os.kind === 'image' && !script && !offersImages(node.oses))
    return [{ kind: 'os', says: 'cannot install images' }];
  if (os.kind === 'iso' && !node.isos.includes(os.iso)) return [{ kind: 'iso', says: `has no ${os.iso}` }];
  const why = script && whyNoScript(script, node.scripts);
  return why === null ? [] : [{ kind: 'os', says: why }];
}

function missingRoom(node: NodeSnapshot, wish: PlacementWish, role: Role): Obstacle[] {
  const { memoryMiB, startMiB } = memoryOn(node);
  const memory = role === 'primary' ? wish.memoryMiB : 0;
  const pools = poolNeeds(wish.diskTemplate, wish.disksMiB, node.diskParams).map((need) => ({
    kind: 'disk' as const,
    needed: need.neededMiB,
    available: poolRoom(node, need),
    noun: need.name === null ? 'disk' : `volume group ${need.name}`,
  }));
  const rows = [
    { kind: 'memory' as const, needed: memory, available: memoryMiB, noun: 'memory' },
    {
      kind: 'freeMemory' as const,
      needed: wish.start ? memory : 0,
      available: startMiB,
      noun: 'free memory',
    },
    ...pools,
  ];
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
