// Instances as the API answers them, and the filter of what a viewer may see.
import { OperationName } from '@/contract/operations';
import { DiskTemplate } from '@/contract/schemas/disk';
import { HvParamsOverride, operatorHvParams } from '@/contract/schemas/hv-params';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { NicMode, OsChoice, type Instance, type InstanceListQuery } from '@/contract/schemas/instance';
import { AdminState, InstanceStatus, JobStatus, OperState, unfinishedJobStatuses } from '@/contract/states';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { inheritedParams } from './hv-params';
import { diskColumns, diskView, ownersParams, pendingChanges } from './instance-parts';
import { loadNodeNameFilter, type HideNames } from './hide-names';
import { escapeLike, isOperator, toTimestamp, toTimestampOrNull, visibleOwner, type Viewer } from './viewer';

export const instanceColumns = {
  id: true,
  name: true,
  hypervisor: true,
  os: true,
  vcpus: true,
  memoryMiB: true,
  minMemoryMiB: true,
  machine: true,
  hvParams: true,
  nodeId: true,
  secondaryId: true,
  diskTemplate: true,
  disksActive: true,
  adminState: true,
  operState: true,
  operSince: true,
  operDetail: true,
  accelerator: true,
  status: true,
  createdAt: true,
  cluster: { select: { id: true, name: true, hvParams: true } },
  owner: { select: { id: true, name: true } },
  node: { select: { id: true, name: true, seenAt: true } },
  secondary: { select: { id: true, name: true } },
  elsewhere: { select: { id: true, name: true } },
  disks: { select: diskColumns, orderBy: { index: 'asc' } },
  nics: { select: { id: true, index: true, mode: true, link: true, mac: true }, orderBy: { index: 'asc' } },
} as const satisfies Prisma.InstanceSelect;
export type InstanceRow = Prisma.InstanceGetPayload<{ select: typeof instanceColumns }>;
type HoldingJob = Instance['job'];

export function visibleInstances(viewer: Viewer): Prisma.InstanceWhereInput {
  return { ownerId: visibleOwner(viewer) };
}

type Reader = { viewer: Viewer; hide: HideNames };

function instanceView(row: InstanceRow, job: HoldingJob, { viewer, hide }: Reader): Instance {
  const showsNodes = isOperator(viewer);
  const diskTemplate = DiskTemplate.parse(row.diskTemplate);
  const { nodeId, secondaryId, disksActive } = row;
  const placed = { nodeId, secondaryId, disksActive, diskTemplate };
  return {
    id: row.id,
    name: row.name,
    cluster: { id: row.cluster.id, name: row.cluster.name },
    owner: row.owner,
    node: row.node && showsNodes ? { id: row.node.id, name: row.node.name } : null,
    secondary: showsNodes ? row.secondary : null,
    elsewhere: showsNodes ? row.elsewhere : null,
    hypervisor: HypervisorKind.parse(row.hypervisor),
    os: OsChoice.parse(row.os),
    vcpus: row.vcpus,
    memoryMiB: row.memoryMiB,
    minMemoryMiB: row.minMemoryMiB,
    ...paramsView(row, showsNodes),
    diskTemplate,
    disks: row.disks.map((disk) => diskView(disk, placed, { showsNodes })),
    nics: row.nics.map((nic) => ({ ...nic, mode: NicMode.parse(nic.mode) })),
    disksActive,
    adminState: AdminState.parse(row.adminState),
    operState: OperState.parse(row.operState),
    status: InstanceStatus.parse(row.status),
    operSince: toTimestampOrNull(row.operSince),
    operDetail: row.operDetail && hide.in(row.operDetail),
    seenAt: toTimestampOrNull(row.node?.seenAt ?? null),
    accelerator: row.accelerator,
    job,
    createdAt: toTimestamp(row.createdAt),
  };
}

function paramsView(row: InstanceRow, showsAll: boolean) {
  const [own, inherited] = [HvParamsOverride.parse(row.hvParams), inheritedParams(row)];
  const pending = pendingChanges(row);
  if (showsAll) return { hvParams: own, inheritedHvParams: inherited, pending };
  return {
    hvParams: ownersParams(own),
    inheritedHvParams: ownersParams(inherited),
    pending: pending.filter(({ what }) => !operatorHvParams.some((each) => each === what)),
  };
}

export async function loadInstances(
  db: Queryable,
  ids: string[],
  viewer: Viewer,
): Promise<Map<string, Instance>> {
  const rows = await db.instance.findMany({
    where: { AND: [{ id: { in: ids } }, visibleInstances(viewer)] },
    select: instanceColumns,
  });
  const views = await instanceViews(db, rows, viewer);
  return new Map(views.map((view) => [view.id, view]));
}

/** One page and the number of all that match. */
export async function listInstanceViews(
  db: Queryable,
  query: InstanceListQuery,
  viewer: Viewer,
): Promise<{ items: Instance[]; total: number }> {
  const where = { AND: [matching(query, viewer), visibleInstances(viewer)] };
  const [total, rows] = await Promise.all([
    db.instance.count({ where }),
    db.instance.findMany({
      where,
      select: instanceColumns,
      orderBy: orderOf(query, viewer),
      skip: (query.page - 1) * query.pageSize,
      take: query.pageSize,
    }),
  ]);
  return { total, items: await instanceViews(db, rows, viewer) };
}

function matching(query: InstanceListQuery, viewer: Viewer): Prisma.InstanceWhereInput {
  const { status, ownerId, clusterId, nodeId, search } = query;
  const filters: Prisma.InstanceWhereInput = { status, ownerId, clusterId };
  // Whoever may not see nodes must not find out by filtering which of them an instance is on.
  if (nodeId) filters.nodeId = isOperator(viewer) ? nodeId : { in: [] };
  if (!search) return filters;
  const contains = { contains: escapeLike(search), mode: 'insensitive' as const };
  if (/^[0-9a-f]{2}(:[0-9a-f]{0,2})+$/i.test(search)) filters.nics = { some: { mac: contains } };
  else filters.name = contains;
  return filters;
}

function orderOf(
  { sort, order }: InstanceListQuery,
  viewer: Viewer,
): Prisma.InstanceOrderByWithRelationInput[] {
  const byName = { name: order };
  // An order by node would tell which instances are on the same one.
  if (sort === 'name' || (sort === 'node' && !isOperator(viewer))) return [byName, { id: order }];
  if (sort === 'owner') return [{ owner: { name: order } }, byName, { id: order }];
  if (sort === 'node') return [{ node: { name: order } }, byName, { id: order }];
  return [{ [sort]: order }, byName, { id: order }];
}

async function instanceViews(db: Queryable, rows: InstanceRow[], viewer: Viewer): Promise<Instance[]> {
  const ids = rows.map((row) => row.id);
  const [jobs, hide] = await Promise.all([holdingJobs(db, ids), loadNodeNameFilter(db, viewer)]);
  return rows.map((row) => instanceView(row, jobs.get(row.id) ?? null, { viewer, hide }));
}

/** The unfinished job of each instance; of several the one that runs, or comes, first. */
export async function holdingJobs(db: Queryable, ids: string[]): Promise<Map<string, HoldingJob>> {
  const jobs = await db.job.findMany({
    where: { targetId: { in: ids }, status: { in: [...unfinishedJobStatuses] } },
    select: { id: true, operation: true, status: true, targetId: true },
    orderBy: { id: 'desc' },
  });
  return new Map(
    jobs.map((job) => [
      job.targetId,
      {
        id: job.id,
        operation: OperationName.parse(job.operation),
        status: JobStatus.parse(job.status),
      },
    ]),
  );
}
