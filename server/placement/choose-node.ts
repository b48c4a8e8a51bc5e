// Where a new instance goes. Pure: the same snapshot and wish give the same nodes, and never one that lacks what is wished.
import { AppError } from '@/contract/errors';
import { formatMiB } from '@/contract/units';
import type { NodeSnapshot } from './node-snapshot';
import {
  findObstacles,
  obstacleKinds,
  type Obstacle,
  type ObstacleKind,
  type PlacementWish,
  type Role,
} from './obstacles';

export type RefusedNode = { nodeId: string; name: string; obstacles: Obstacle[] };
export type ChosenNodes = { nodeId: string; secondaryId: string | null };

/**
 * Answers the chosen node, and for mirrored disks the one that holds the other side: of the same node group. Throws `no_resources` with
 * `details.nodes` (RefusedNode[]); its message counts nodes without naming them, because owners read it and may not see nodes, unless one
 * was asked for.
 */
export function chooseNodes(snapshot: readonly NodeSnapshot[], wish: PlacementWish): ChosenNodes {
  const primaries = judge(snapshot, wish, 'primary');
  if (wish.diskTemplate !== 'drbd' || wish.disksMiB.length === 0) {
    const [best] = primaries.fitting;
    if (!best) throw refusal(primaries.judged, wish, 'primary');
    return { nodeId: best.id, secondaryId: null };
  }
  if (primaries.fitting.length === 0) throw refusal(primaries.judged, wish, 'primary');
  for (const primary of primaries.fitting) {
    const others = snapshot.filter((node) => node.id !== primary.id && node.groupId === primary.groupId);
    const [secondary] = judge(others, wish, 'secondary').fitting;
    if (secondary) return { nodeId: primary.id, secondaryId: secondary.id };
  }
  const [only] = primaries.fitting;
  const others = snapshot.filter((node) => node.id !== (wish.nodeId ?? only?.id));
  throw refusal(judge(others, wish, 'secondary').judged, wish, 'secondary');
}

/** The best secondary node for an instance that stays where it is; `exceptIds` are its present nodes. */
export function chooseSecondary(
  snapshot: readonly NodeSnapshot[],
  wish: PlacementWish,
  { primaryId, exceptIds }: { primaryId: string; exceptIds: readonly string[] },
): string {
  const groupId = snapshot.find((node) => node.id === primaryId)?.groupId ?? null;
  const others = snapshot.filter((node) => !exceptIds.includes(node.id) && node.groupId === groupId);
  const { fitting, judged } = judge(others, wish, 'secondary');
  const [best] = fitting;
  if (best) return best.id;
  throw refusal(judged, wish, 'secondary');
}

type Judged = { node: NodeSnapshot; obstacles: Obstacle[] };

function judge(snapshot: readonly NodeSnapshot[], wish: PlacementWish, role: Role) {
  const askedFor = role === 'primary' ? wish.nodeId : wish.secondaryId;
  const candidates = askedFor ? snapshot.filter((node) => node.id === askedFor) : snapshot;
  if (askedFor && candidates.length === 0)
    throw new AppError(
      'not_found',
      `Cannot place ${wish.instanceName}: the chosen ${role === 'primary' ? '' : 'secondary '}node is not in this cluster`,
    );
  const judged = candidates.map((node) => ({ node, obstacles: findObstacles(node, wish, role) }));
  const fitting = judged.filter(({ obstacles }) => obstacles.length === 0).map(({ node }) => node);
  return { judged, fitting: fitting.sort(byPreference) };
}

function refusal(judged: Judged[], wish: PlacementWish, role: Role): AppError {
  const nodes = judged.map(({ node, obstacles }) => ({ nodeId: node.id, name: node.name, obstacles }));
  return new AppError('no_resources', describe(nodes, wish, role), { details: { nodes } });
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

function describe(nodes: RefusedNode[], wish: PlacementWish, role: Role): string {
  const isPrimary = role === 'primary';
  const [only] = nodes;
  if (!only)
    return isPrimary
      ? `Cannot place ${wish.instanceName}: the cluster has no nodes`
      : `Cannot place ${wish.instanceName}: there is no other node to mirror its disks to`;
  const what = isPrimary ? wish.instanceName : `the mirror of ${wish.instanceName}`;
  if (isPrimary ? wish.nodeId : wish.secondaryId) {
    const reasons = only.obstacles.map((obstacle) => obstacle.says).join(', ');
    return `${only.name} cannot take ${what}: it ${reasons || 'is in another node group'}`;
  }
  const reasons = obstacleKinds.flatMap((kind) => summarize(nodes, kind, wish));
  return `No node can take ${what}: ${reasons.join('; ') || 'they are in other node groups'}`;
}

/** "2 of 3 lack memory (4 GiB needed, at most 1.2 GiB available)" */
function summarize(nodes: RefusedNode[], kind: ObstacleKind, { hypervisor }: PlacementWish): string[] {
  const found = nodes.flatMap((node) => node.obstacles.find((obstacle) => obstacle.kind === kind) ?? []);
  const [first] = found;
  if (!first) return [];
  const count = `${found.length} of ${nodes.length}`;
  if (kind === 'hypervisor') return [`${count} ${summaries[kind]} ${hypervisor}`];
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
  replication: 'without an address for mirrors',
  os: 'without the OS',
  iso: 'without the ISO file',
  bridge: 'without the bridge',
  memory: 'with too little memory',
  freeMemory: 'with too little free memory now',
  disk: 'with too little disk',
};
