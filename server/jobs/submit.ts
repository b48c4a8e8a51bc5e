// Accepts a job inside the caller's transaction, so that quota, audit and job are accepted together or not at all.
import { AppError } from '@/contract/errors';
import type { OperationName } from '@/contract/operations';
import { unfinishedJobStatuses } from '@/contract/states';
import type { Json, Tx } from '../db/client';
import { type Announcement, publish } from '../events/publish';

export const jobChannel = 'corral_job';

export type Submission = {
  operation: OperationName;
  params: Json;
  target: { kind: 'instance' | 'node' | 'cluster' | 'image'; id: string; name: string };
  clusterId: string | null;
  ownerId: string | null;
  createdById: string | null;
  /** Jobs that are asked for together have one. */
  batchId?: string;
  priority?: number;
  /** Runs only after these jobs ended in one of the statuses (default: success). */
  dependsOn?: { jobId: number; statuses?: string[] }[];
};

/** Queues a job and wakes the engine at commit. Answers the job's id. */
export async function submitJob(tx: Tx, submission: Submission): Promise<number> {
  const { target, dependsOn = [], ...job } = submission;
  const row = await tx.job.create({
    data: {
      operation: job.operation,
      params: job.params,
      priority: job.priority ?? 0,
      targetKind: target.kind,
      targetId: target.id,
      targetName: target.name,
      clusterId: job.clusterId,
      ownerId: job.ownerId,
      createdById: job.createdById,
      batchId: job.batchId ?? null,
      dependencies: {
        create: dependsOn.map((d) => ({ dependsOnId: d.jobId, statuses: d.statuses ?? ['success'] })),
      },
    },
  });
  await tx.$queryRaw`SELECT pg_notify(${jobChannel}, ${String(row.id)})::text`;
  await publish(tx, { kind: 'job', id: String(row.id), ownerId: job.ownerId });
  return row.id;
}

/** Refuses with `busy`, naming the job, when an unfinished one works on the target. The caller holds the target's row lock. */
export async function refuseIfBusy(tx: Tx, target: { id: string; name: string }): Promise<void> {
  const job = await tx.job.findFirst({
    where: { targetId: target.id, status: { in: [...unfinishedJobStatuses] } },
    select: { id: true, operation: true },
  });
  if (!job) return;
  throw new AppError('busy', `${target.name} is busy: job ${job.id} (${job.operation}) works on it`, {
    details: { jobId: job.id, operation: job.operation },
  });
}

/** Asks all jobs to end that the user asked for and that have not begun. Answers what to publish when all else is written. */
export async function cancelPendingJobs(tx: Tx, createdById: string): Promise<Announcement[]> {
  const jobs = await tx.job.updateManyAndReturn({
    where: { createdById, status: { in: ['queued', 'waiting'] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: new Date() },
    select: { id: true, ownerId: true },
  });
  if (jobs.length > 0) await tx.$queryRaw`SELECT pg_notify(${jobChannel}, '')::text`;
  return jobs.map(({ id, ownerId }) => ({ kind: 'job', id: String(id), ownerId }));
}

/** Asks a job to end; the engine undoes what was done. Answers false when it has ended already. */
export async function requestCancel(tx: Tx, jobId: number): Promise<boolean> {
  const { count } = await tx.job.updateMany({
    where: { id: jobId, status: { in: [...unfinishedJobStatuses] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: new Date() },
  });
  if (count > 0) await tx.$queryRaw`SELECT pg_notify(${jobChannel}, ${String(jobId)})::text`;
  return count > 0;
}
