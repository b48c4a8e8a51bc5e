// Nodes as the API answers them, to operators only: everybody else sees none.
import { DiskParamsOverride, drbdMetaMiB, type Pool, resolveDiskParams } from '@/contract/schemas/disk';
import { FencedHow } from '@/contract/schemas/fencing';
import { AcceleratorSetting, NodeFacts, type Node, type NodeListQuery } from '@/contract/schemas/node';
import { NodeState } from '@/contract/states';
import type { NodeSnapshot } from '../placement/node-snapshot';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { escapeLike, isOperator, toTimestamp, toTimestampOrNull, type Viewer } from './viewer';

const withCluster = {
  cluster: { select: { id: true, name: true } },
  group: { select: { id: true, name: true } },
  _count: { select: { secondaries: true } },
} as const satisfies Prisma.NodeInclude;
type NodeRow = Prisma.NodeGetPayload<{ include: typeof withCluster }>;

export type Fencing = Pick<NodeRow, 'name' | 'state' | 'fencedAt'>;

/** It is certain that nothing runs there. */
export function isFenced({ state, fencedAt }: Omit<Fencing, 'name'>): boolean {
  return state === 'offline' && fencedAt !== null;
}

/** What a node's instances were promised, by admin; `running` by observation. */
export type Allocation = {
  instances: number;
  running: number;
  vcpus: number;
  memoryMiB: number;
  /** Of the memory, what is promised to instances that do not run now. */
  idleMiB: number;
  diskMiB: number;
};
const noAllocation: Allocation = {
  instances: 0,
  running: 0,
  vcpus: 0,
  memoryMiB: 0,
  idleMiB: 0,
  diskMiB: 0,
};

export function nodeView(row: NodeRow, allocated: Allocation): Node {
  const facts = parseFacts(row.facts);
  return {
    id: row.id,
    name: row.name,
    cluster: row.cluster,
    group: row.group,
    address: row.address,
    state: NodeState.parse(row.state),
    drained: row.drained,
    facts,
    memory: facts && usageOf(facts.memory, allocated.memoryMiB),
    disk: facts && usageOf(sumPools(facts.pools), allocated.diskMiB),
    vcpusAllocated: allocated.vcpus,
    instances: allocated.instances,
    running: allocated.running,
    secondaries: row._count.secondaries,
    acceleratorSetting: AcceleratorSetting.parse(row.acceleratorSetting),
    certificateExpiresAt: toTimestampOrNull(row.certificateExpiresAt),
    clockSkewMs: row.clockSkewMs,
    seenAt: toTimestampOrNull(row.seenAt),
    problem: row.problem,
    fencedAt: toTimestampOrNull(row.fencedAt),
    fencedHow: FencedHow.safeParse(row.fencedHow).data ?? null,
    answersSince: toTimestampOrNull(row.answersSince),
    evacuationId: row.evacuationId,
    createdAt: toTimestamp(row.createdAt),
  };
}

/** Facts of an older agent may lack something: then the node has none until it reports again. */
export function parseFacts(facts: unknown): NodeFacts | null {
  return NodeFacts.safeParse(facts).data ?? null;
}

export async function loadNodes(db: Queryable, ids: string[], viewer: Viewer): Promise<Map<string, Node>> {
  if (!isOperator(viewer)) return new Map();
  const rows = await db.node.findMany({ where: { id: { in: ids } }, include: withCluster });
  const views = await nodeViews(db, rows);
  return new Map(views.map((view) => [view.id, view]));
}

/** For operators: the use case has checked that. */
export async function listNodeViews(
  db: Queryable,
  { clusterId, state, search, page, pageSize }: NodeListQuery,
): Promise<{ items: Node[]; total: number }> {
  const where: Prisma.NodeWhereInput = {
    clusterId,
    state,
    name: search ? { contains: escapeLike(search), mode: 'insensitive' } : undefined,
  };
  const [total, rows] = await Promise.all([
    db.node.count({ where }),
    db.node.findMany({
      where,
      include: withCluster,
      orderBy: { name: 'asc' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  return { total, items: await nodeViews(db, rows) };
}

/** All nodes, for totals over a cluster or over everything. */
export async function allNodeViews(db: Queryable): Promise<Node[]> {
  return nodeViews(db, await db.node.findMany({ include: withCluster, orderBy: { name: 'asc' } }));
}

export type ClusterNode = NodeSnapshot & { clusterId: string };

/** Nodes as placement sees them: those of a cluster, or all. */
export async function loadNodeSnapshots(
  db: Queryable,
  where: { clusterId?: string } = {},
): Promise<ClusterNode[]> {
  const rows = await db.node.findMany({
    where,
    orderBy: { name: 'asc' },
    include: { group: { select: { diskParams: true } }, cluster: { select: { diskParams: true } } },
  });
  const ids = rows.map((row) => row.id);
  const [allocations, pools] = await Promise.all([allocationsOf(db, ids), poolAllocationsOf(db, ids)]);
  return rows.map((row) => {
    const allocated = allocations.get(row.id) ?? noAllocation;
    const facts = parseFacts(row.facts);
    const promised = pools.filter((pool) => pool.nodeId === row.id);
    return {
      id: row.id,
      clusterId: row.clusterId,
      name: row.name,
      state: NodeState.parse(row.state),
      drained: row.drained,
      groupId: row.groupId,
      diskParams: resolveDiskParams(
        DiskParamsOverride.parse(row.cluster.diskParams),
        DiskParamsOverride.parse(row.group?.diskParams ?? {}),
      ),
      canMirror: Boolean(facts?.replicationAddress),
      hypervisors: facts?.hypervisors.map((hypervisor) => hypervisor.kind) ?? [],
      diskTemplates: facts?.diskTemplates ?? [],
      memory: {
        totalMiB: facts?.memory.totalMiB ?? 0,
        freeMiB: facts?.memory.freeMiB ?? 0,
        allocatedMiB: allocated.memoryMiB,
        idleMiB: allocated.idleMiB,
      },
      pools: (facts?.pools ?? []).map((pool) => ({
        ...pool,
        allocatedMiB: sum(promised.filter((one) => isIn(one, pool)).map((one) => one.diskMiB)),
      })),
      vcpus: { threads: facts?.cpu.threads ?? 0, allocated: allocated.vcpus },
      instances: allocated.instances,
      oses: facts?.oses ?? [],
      isos: facts?.isos ?? [],
      scripts: facts?.scripts ?? [],
      bridges: facts?.bridges ?? [],
    };
  });
}

async function nodeViews(db: Queryable, rows: NodeRow[]): Promise<Node[]> {
  const allocations = await allocationsOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => nodeView(row, allocations.get(row.id) ?? noAllocation));
}

/** What the node's own instances were promised; disks also as the secondary side of mirrors. */
async function allocationsOf(db: Queryable, nodeIds: string[]): Promise<Map<string, Allocation>> {
  const [rows, pools] = await Promise.all([
    db.$queryRaw<({ nodeId: string } & Omit<Allocation, 'diskMiB'>)[]>`
      SELECT "nodeId", count(*)::int AS instances,
        (count(*) FILTER (WHERE "operState" IN ('running', 'paused')))::int AS running,
        sum(vcpus)::int AS vcpus, sum("memoryMiB")::float8 AS "memoryMiB",
        coalesce(sum("memoryMiB") FILTER (WHERE "operState" NOT IN ('running', 'paused')), 0)::float8 AS "idleMiB"
      FROM "Instance" WHERE "nodeId" = ANY(${nodeIds}::uuid[]) GROUP BY "nodeId"`,
    poolAllocationsOf(db, nodeIds),
  ]);
  const diskMiBOn = (nodeId: string) =>
    sum(pools.filter((pool) => pool.nodeId === nodeId).map((pool) => pool.diskMiB));
  const primaries = new Map(rows.map(({ nodeId, ...allocation }) => [nodeId, allocation]));
  return new Map(
    nodeIds.map((id) => [id, { ...noAllocation, ...primaries.get(id), diskMiB: diskMiBOn(id) }]),
  );
}

type PoolAllocation = { nodeId: string; template: string; vg: string | null; diskMiB: number };

/** What disks were promised of which pool; metadata of mirrors counts where it lies. */
function poolAllocationsOf(db: Queryable, nodeIds: string[]): Promise<PoolAllocation[]> {
  return db.$queryRaw<PoolAllocation[]>`
    SELECT "nodeId", template, vg, sum("sizeMiB")::float8 AS "diskMiB" FROM (
      SELECT n AS "nodeId", i."diskTemplate" AS template, p.vg, p."sizeMiB"
      FROM "Disk" d JOIN "Instance" i ON i.id = d."instanceId"
        CROSS JOIN LATERAL unnest(ARRAY[i."nodeId", i."secondaryId"]) AS n
        CROSS JOIN LATERAL (
          SELECT d.vg, d."sizeMiB" UNION ALL SELECT d."metaVg", ${drbdMetaMiB}::int WHERE d."metaVg" IS NOT NULL
        ) AS p
      WHERE n = ANY(${nodeIds}::uuid[])
    ) AS parts GROUP BY "nodeId", template, vg`;
}

/** Disks without a volume group lie in the node's folder. */
function isIn({ vg }: PoolAllocation, pool: Pool): boolean {
  return vg === null ? pool.kind === 'folder' : pool.kind === 'vg' && pool.name === vg;
}

function sumPools(pools: readonly Pool[]): { totalMiB: number; freeMiB: number } {
  return {
    totalMiB: sum(pools.map((pool) => pool.totalMiB)),
    freeMiB: sum(pools.map((pool) => pool.freeMiB)),
  };
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

function usageOf({ totalMiB, freeMiB }: { totalMiB: number; freeMiB: number }, allocatedMiB: number) {
  return { totalMiB, usedMiB: Math.max(0, totalMiB - freeMiB), allocatedMiB };
}
