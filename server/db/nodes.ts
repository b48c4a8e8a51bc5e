// Nodes as the API answers them, to operators only: everybody else sees none.
import { AcceleratorSetting, NodeFacts, type Node, type NodeListQuery } from '@/contract/schemas/node';
import { NodeState } from '@/contract/states';
import type { NodeSnapshot } from '../placement/node-snapshot';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { escapeLike, isOperator, toTimestamp, toTimestampOrNull, type Viewer } from './viewer';

const withCluster = { cluster: { select: { id: true, name: true } } } as const satisfies Prisma.NodeInclude;
type NodeRow = Prisma.NodeGetPayload<{ include: typeof withCluster }>;

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
    address: row.address,
    state: NodeState.parse(row.state),
    drained: row.drained,
    facts,
    memory: facts && usageOf(facts.memory, allocated.memoryMiB),
    disk: facts && usageOf(facts.storage, allocated.diskMiB),
    vcpusAllocated: allocated.vcpus,
    instances: allocated.instances,
    running: allocated.running,
    acceleratorSetting: AcceleratorSetting.parse(row.acceleratorSetting),
    certificateExpiresAt: toTimestampOrNull(row.certificateExpiresAt),
    clockSkewMs: row.clockSkewMs,
    seenAt: toTimestampOrNull(row.seenAt),
    problem: row.problem,
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

/** All nodes as placement sees them. */
export async function loadNodeSnapshots(db: Queryable): Promise<ClusterNode[]> {
  const rows = await db.node.findMany({ orderBy: { name: 'asc' } });
  const allocations = await allocationsOf(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const allocated = allocations.get(row.id) ?? noAllocation;
    const facts = parseFacts(row.facts);
    return {
      id: row.id,
      clusterId: row.clusterId,
      name: row.name,
      state: NodeState.parse(row.state),
      drained: row.drained,
      hypervisors: facts?.hypervisors.map((hypervisor) => hypervisor.kind) ?? [],
      diskTemplates: facts?.diskTemplates ?? [],
      memory: {
        totalMiB: facts?.memory.totalMiB ?? 0,
        freeMiB: facts?.memory.freeMiB ?? 0,
        allocatedMiB: allocated.memoryMiB,
        idleMiB: allocated.idleMiB,
      },
      disk: {
        totalMiB: facts?.storage.totalMiB ?? 0,
        freeMiB: facts?.storage.freeMiB ?? 0,
        allocatedMiB: allocated.diskMiB,
      },
      vcpus: { threads: facts?.cpu.threads ?? 0, allocated: allocated.vcpus },
      instances: allocated.instances,
      oses: facts?.oses ?? [],
      isos: facts?.isos ?? [],
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

async function allocationsOf(db: Queryable, nodeIds: string[]): Promise<Map<string, Allocation>> {
  const rows = await db.$queryRaw<({ nodeId: string } & Allocation)[]>`
    SELECT "nodeId", count(*)::int AS instances,
      (count(*) FILTER (WHERE "operState" IN ('running', 'paused')))::int AS running,
      sum(vcpus)::int AS vcpus, sum("memoryMiB")::float8 AS "memoryMiB",
      coalesce(sum("memoryMiB") FILTER (WHERE "operState" NOT IN ('running', 'paused')), 0)::float8 AS "idleMiB",
      coalesce(sum(disks."sizeMiB"), 0)::float8 AS "diskMiB"
    FROM "Instance" LEFT JOIN LATERAL (
      SELECT sum("sizeMiB") AS "sizeMiB" FROM "Disk" WHERE "instanceId" = "Instance".id
    ) AS disks ON true
    WHERE "nodeId" = ANY(${nodeIds}::uuid[]) GROUP BY "nodeId"`;
  return new Map(rows.map(({ nodeId, ...allocation }) => [nodeId, allocation]));
}

function usageOf({ totalMiB, freeMiB }: { totalMiB: number; freeMiB: number }, allocatedMiB: number) {
  return { totalMiB, usedMiB: Math.max(0, totalMiB - freeMiB), allocatedMiB };
}
