// Clusters as the API answers them. Customers learn the names that they may create in, and nothing of nodes, capacity or other owners.
import { type Capacity, type Cluster } from '@/contract/schemas/cluster';
import { KeptClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { DiskParamsOverride, DiskTemplate } from '@/contract/schemas/disk';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import type { Node } from '@/contract/schemas/node';
import type { NodeGroup } from '@/contract/schemas/node-group';
import { QuotaPolicy } from '@/contract/schemas/quota';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { allNodeViews } from './nodes';
import { isOperator, toTimestamp, visibleOwner, type Viewer } from './viewer';

const withGroups = { groups: { orderBy: { name: 'asc' } } } as const satisfies Prisma.ClusterInclude;
type ClusterRow = Prisma.ClusterGetPayload<{ include: typeof withGroups }>;
type Counts = { instances: number; running: number };

export async function loadClusters(
  db: Queryable,
  ids: string[],
  viewer: Viewer,
): Promise<Map<string, Cluster>> {
  if (!isOperator(viewer)) return new Map();
  const views = await listClusterViews(db, viewer);
  return new Map(views.filter((view) => ids.includes(view.id)).map((view) => [view.id, view]));
}

export async function listClusterViews(db: Queryable, viewer: Viewer): Promise<Cluster[]> {
  const [rows, counts, nodes] = await Promise.all([
    db.cluster.findMany({ orderBy: { name: 'asc' }, include: withGroups }),
    instanceCounts(db, viewer),
    isOperator(viewer) ? allNodeViews(db) : [],
  ]);
  return rows.map((row) =>
    clusterView(row, {
      nodes: nodes.filter((node) => node.cluster.id === row.id),
      counts: counts.get(row.id) ?? { instances: 0, running: 0 },
      isWhole: isOperator(viewer),
    }),
  );
}

type Around = {
  nodes: Node[];
  counts: Counts;
  /** Also what only operators see. */
  isWhole: boolean;
};

function clusterView(row: ClusterRow, { nodes, counts, isWhole }: Around): Cluster {
  const online = nodes.filter((node) => node.state === 'online');
  return {
    id: row.id,
    name: row.name,
    hypervisors: row.hypervisors.map((kind) => HypervisorKind.parse(kind)),
    diskTemplates: row.diskTemplates.map((kind) => DiskTemplate.parse(kind)),
    quotaPolicy: QuotaPolicy.parse(row.quotaPolicy),
    defaultQuota: {
      instances: row.quotaInstances,
      vcpus: row.quotaVcpus,
      memoryMiB: row.quotaMemoryMiB,
      diskMiB: row.quotaDiskMiB,
    },
    bridges: row.bridges,
    userNetwork: row.userNetwork,
    autoRestart: row.autoRestart,
    nodeBridges: [...new Set(nodes.flatMap((node) => node.facts?.bridges ?? []))].sort(),
    diskParams: isWhole ? DiskParamsOverride.parse(row.diskParams) : {},
    hvParams: KeptClusterHvParams.parse(isWhole ? row.hvParams : {}),
    wipeDisks: row.wipeDisks,
    userShutdown: row.userShutdown,
    fenceHook: isWhole ? row.fenceHook : null,
    fenceHooks: [...new Set(nodes.flatMap((node) => node.facts?.fenceHooks ?? []))].sort(),
    groups: isWhole ? row.groups.map((group) => groupView(group, nodes)) : [],
    nodes: nodes.length,
    nodesOnline: online.length,
    ...counts,
    capacity: capacityOf(online),
    createdAt: toTimestamp(row.createdAt),
  };
}

function groupView({ id, name, diskParams }: ClusterRow['groups'][number], nodes: Node[]): NodeGroup {
  const own = nodes.filter((node) => node.group?.id === id);
  return {
    ...{ id, name, diskParams: DiskParamsOverride.parse(diskParams) },
    nodes: own.map((node) => ({ id: node.id, name: node.name })),
  };
}

function capacityOf(online: Node[]): Capacity {
  const sum = (of: (node: Node) => number | undefined) =>
    online.reduce((total, node) => total + (of(node) ?? 0), 0);
  return {
    memory: {
      total: sum((node) => node.memory?.totalMiB),
      allocated: sum((node) => node.memory?.allocatedMiB),
      used: sum((node) => node.memory?.usedMiB),
      largestNode: Math.max(0, ...online.map((node) => node.memory?.totalMiB ?? 0)),
    },
    disk: {
      total: sum((node) => node.disk?.totalMiB),
      allocated: sum((node) => node.disk?.allocatedMiB),
      used: sum((node) => node.disk?.usedMiB),
    },
    vcpus: {
      threads: sum((node) => node.facts?.cpu.threads),
      allocated: sum((node) => node.vcpusAllocated),
    },
  };
}

async function instanceCounts(db: Queryable, viewer: Viewer): Promise<Map<string, Counts>> {
  const rows = await db.instance.groupBy({
    by: ['clusterId', 'operState'],
    where: { ownerId: visibleOwner(viewer) },
    _count: true,
  });
  const counts = new Map<string, Counts>();
  for (const row of rows) {
    const { instances, running } = counts.get(row.clusterId) ?? { instances: 0, running: 0 };
    const isRunning = row.operState === 'running' || row.operState === 'paused';
    counts.set(row.clusterId, {
      instances: instances + row._count,
      running: running + (isRunning ? row._count : 0),
    });
  }
  return counts;
}
