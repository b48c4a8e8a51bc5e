import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { Job, JobListQuery, JobLogLine, JobPage } from '@/contract/schemas/job';
import { authorize, notFound, type Ctx, type Target } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Queryable } from '../db/client';
import { listJobViews, loadJobLog, loadJobs } from '../db/jobs';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { requestCancel } from '../jobs/submit';

const logLinesAtOnce = 1_000;

export async function listJobs(ctx: Ctx, query: JobListQuery): Promise<JobPage> {
  const actor = await authorize(ctx, 'job.list');
  const { items, total } = await listJobViews(ctx.db, query, actor);
  return { items, total, page: query.page, pageSize: query.pageSize };
}

export async function getJob(ctx: Ctx, { id }: { id: number }): Promise<Job> {
  const target = await jobTarget(ctx.db, id);
  const actor = await authorize(ctx, 'job.view', target);
  const view = (await loadJobs(ctx.db, [id], actor)).get(String(id));
  if (!view) throw notFound(target);
  return view;
}

/** The lines after a serial number; ask again with the last one's for more. */
export async function getJobLog(
  ctx: Ctx,
  { id, after }: { id: number; after: number },
): Promise<{ lines: JobLogLine[] }> {
  const target = await jobTarget(ctx.db, id);
  const actor = await authorize(ctx, 'job.view', target);
  if (!(await loadJobs(ctx.db, [id], actor)).has(String(id))) throw notFound(target);
  return { lines: await loadJobLog(ctx.db, { jobId: id, after, limit: logLinesAtOnce }, actor) };
}

/** Asks the job to end; what it did is undone before it says canceled. */
export async function cancelJob(ctx: Ctx, { id }: { id: number }): Promise<Accepted> {
  const target = await jobTarget(ctx.db, id);
  const actor = await authorize(ctx, 'job.cancel', target);
  await transact(ctx.db, async (tx) => {
    const job = await tx.job.findUnique({ where: { id } });
    if (!job) throw notFound(target);
    const asked = await requestCancel(tx, id);
    if (!asked && job.endedAt)
      throw new AppError('wrong_state', `Cannot cancel job ${id}: it has ended`, {
        details: { status: job.status },
      });
    if (!asked) return;
    await recordAudit(tx, {
      action: 'job.cancel',
      outcome: 'accepted',
      actor,
      address: actor.address,
      target: { kind: job.targetKind, id: job.targetId, name: job.targetName },
      ownerId: job.ownerId,
      jobId: id,
      details: { operation: job.operation },
    });
    await publish(tx, { kind: 'job', id: String(id), ownerId: job.ownerId });
  });
  return { jobId: id };
}

async function jobTarget(db: Queryable, id: number): Promise<Target> {
  const row = await db.job.findUnique({ where: { id }, select: { ownerId: true, targetName: true } });
  return { kind: 'job', id: String(id), ownerId: row?.ownerId, name: row?.targetName };
}
