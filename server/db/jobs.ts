// Jobs and their logs as the API answers them. Owners see the jobs on their instances, without the names of nodes and of other people.
import { ErrorBody } from '@/contract/errors';
import { OperationName } from '@/contract/operations';
import { Job, JobLogLine, type JobListQuery } from '@/contract/schemas/job';
import { JobStatus, StepStatus, unfinishedJobStatuses } from '@/contract/states';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { internalText, loadNodeNameFilter, type HideNames } from './hide-names';
import { escapeLike, toTimestamp, toTimestampOrNull, visibleOwner, type Viewer } from './viewer';

const withParts = {
  steps: { orderBy: { index: 'asc' } },
  dependencies: { select: { dependsOnId: true }, orderBy: { dependsOnId: 'asc' } },
} as const satisfies Prisma.JobInclude;
type JobRow = Prisma.JobGetPayload<{ include: typeof withParts }>;

type Names = { clusters: Map<string, string>; users: Map<string, string>; hide: HideNames };

export function visibleJobs(viewer: Viewer): Prisma.JobWhereInput {
  return { ownerId: visibleOwner(viewer) };
}

function jobView(row: JobRow, { clusters, users, hide }: Names): Job {
  const cluster = row.clusterId === null ? undefined : clusters.get(row.clusterId);
  const creator = row.createdById === null ? undefined : users.get(row.createdById);
  return {
    id: row.id,
    operation: OperationName.parse(row.operation),
    status: JobStatus.parse(row.status),
    priority: row.priority,
    target: {
      kind: Job.shape.target.shape.kind.parse(row.targetKind),
      id: row.targetId,
      name: row.targetName,
    },
    cluster: row.clusterId && cluster ? { id: row.clusterId, name: cluster } : null,
    createdBy: row.createdById && creator ? { id: row.createdById, name: creator } : null,
    createdAt: toTimestamp(row.createdAt),
    startedAt: toTimestampOrNull(row.startedAt),
    endedAt: toTimestampOrNull(row.endedAt),
    steps: row.steps.map((step) => ({
      name: step.name,
      status: StepStatus.parse(step.status),
      startedAt: toTimestampOrNull(step.startedAt),
      endedAt: toTimestampOrNull(step.endedAt),
      error: errorView(step.error, row.id, hide),
    })),
    progress: row.progress,
    waitsFor: row.waitsFor,
    dependsOn: row.dependencies.map((dependency) => dependency.dependsOnId),
    error: errorView(row.error, row.id, hide),
    needsAttention: row.needsAttention,
  };
}

export async function loadJobs(db: Queryable, ids: number[], viewer: Viewer): Promise<Map<string, Job>> {
  const rows = await db.job.findMany({
    where: { AND: [{ id: { in: ids } }, visibleJobs(viewer)] },
    include: withParts,
  });
  const views = await jobViews(db, rows, viewer);
  return new Map(views.map((view) => [String(view.id), view]));
}

export async function listJobViews(
  db: Queryable,
  query: JobListQuery,
  viewer: Viewer,
): Promise<{ items: Job[]; total: number }> {
  const where = { AND: [matching(query), visibleJobs(viewer)] };
  const [total, rows] = await Promise.all([
    db.job.count({ where }),
    db.job.findMany({
      where,
      include: withParts,
      orderBy: { id: 'desc' },
      skip: (query.page - 1) * query.pageSize,
      take: query.pageSize,
    }),
  ]);
  return { total, items: await jobViews(db, rows, viewer) };
}

/** Lines after a serial number, oldest first. */
export async function loadJobLog(
  db: Queryable,
  { jobId, after, limit }: { jobId: number; after: number; limit: number },
  viewer: Viewer,
): Promise<JobLogLine[]> {
  const rows = await db.jobLogLine.findMany({
    where: { jobId, serial: { gt: after } },
    orderBy: { serial: 'asc' },
    take: limit,
  });
  const hide = await loadNodeNameFilter(db, viewer);
  return rows.map((row) => ({
    serial: row.serial,
    at: toTimestamp(row.at),
    level: JobLogLine.shape.level.parse(row.level),
    step: row.step,
    message: hide.in(row.message),
  }));
}

function matching({
  status,
  operation,
  instanceId,
  nodeId,
  batchId,
  search,
}: JobListQuery): Prisma.JobWhereInput {
  const targets = [
    instanceId ? { targetKind: 'instance', targetId: instanceId } : {},
    nodeId ? { targetKind: 'node', targetId: nodeId } : {},
  ];
  return {
    AND: targets,
    operation,
    batchId,
    status: status === 'unfinished' ? { in: [...unfinishedJobStatuses] } : status,
    targetName: search ? { contains: escapeLike(search), mode: 'insensitive' } : undefined,
  };
}

async function jobViews(db: Queryable, rows: JobRow[], viewer: Viewer): Promise<Job[]> {
  const idsOf = (of: (row: JobRow) => string | null) => [...new Set(rows.flatMap((row) => of(row) ?? []))];
  const [clusters, users, hide] = await Promise.all([
    db.cluster.findMany({
      where: { id: { in: idsOf((row) => row.clusterId) } },
      select: { id: true, name: true },
    }),
    db.user.findMany({
      where: { AND: [{ id: { in: idsOf((row) => row.createdById) } }, { id: visibleOwner(viewer) }] },
      select: { id: true, name: true },
    }),
    loadNodeNameFilter(db, viewer),
  ]);
  const names = { clusters: toNames(clusters), users: toNames(users), hide };
  return rows.map((row) => jobView(row, names));
}

function toNames(rows: { id: string; name: string }[]): Map<string, string> {
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Details are for operators: they name nodes, paths and commands. The figures of a refused quota are the owner's own. */
function errorView(error: unknown, jobId: number, hide: HideNames): ErrorBody | null {
  if (error === null) return null;
  const body = ErrorBody.parse(error);
  if (hide.nothing) return body;
  return {
    code: body.code,
    message: body.code === 'internal' ? internalText(jobId) : hide.in(body.message),
    details: body.code === 'no_resources' ? { excess: body.details.excess } : {},
  };
}
