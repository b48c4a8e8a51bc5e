// The end of a job: status, what its acceptance had written, quota, audit and events in one transaction. Exactly once, however often it is
// asked for: the first end stays.
import type { ErrorBody } from '@/contract/errors';
import type { JobStatus } from '@/contract/states';
import { recordAudit } from '../db/audit';
import type { Db, Tx } from '../db/client';
import { transact } from '../db/transact';
import { type Announcement, publish } from '../events/publish';
import { storableJson, storableText } from './job-rows';
import type { Abandonment, BoundOperation } from './operation';

export type Outcome = {
  status: Extract<JobStatus, 'success' | 'error' | 'canceled'>;
  error: ErrorBody | null;
  /** An undo failed. */
  needsAttention: boolean;
  /** Whether a step was started at all. */
  began: boolean;
};

/** `keep`: what the job reserved is in use from now on. */
export type Settlement = { jobId: number; keep: boolean };
export type OnFinished = (tx: Tx, settlement: Settlement) => Promise<void>;

type Ending<S> = {
  db: Db;
  jobId: number;
  outcome: Outcome;
  /** null when the job names no operation that this version has. */
  bound: BoundOperation<S> | null;
  /** What was reserved is in use, however the job ends. */
  keep?: boolean;
  onFinished: OnFinished;
};

/** Answers whether this call ended the job. */
export async function finishJob<S>(ending: Ending<S>): Promise<boolean> {
  return transact(ending.db, (tx) => finishIn(tx, ending));
}

async function finishIn<S>(
  tx: Tx,
  { jobId, outcome, bound, onFinished, ...ending }: Ending<S>,
): Promise<boolean> {
  const job = await endRow(tx, jobId, outcome);
  if (!job) return false;
  const announcements: Announcement[] = [];
  const announce: Abandonment['announce'] = (...more) => void announcements.push(...more);
  const keep =
    ending.keep ||
    outcome.status === 'success' ||
    (await abandon(tx, { bound, jobId, outcome, announce })) === 'keep';
  await onFinished(tx, { jobId, keep });
  await audit(tx, job, outcome);
  await publish(tx, { kind: 'job', id: String(jobId), ownerId: job.ownerId }, ...announcements);
  const { targetKind: kind } = job;
  if (kind === 'instance' || kind === 'node' || kind === 'cluster' || kind === 'image')
    await publish(tx, { kind, id: job.targetId, ownerId: job.ownerId });
  return true;
}

type EndedJob = {
  id: number;
  operation: string;
  targetKind: string;
  targetId: string;
  targetName: string;
  ownerId: string | null;
  createdById: string | null;
};

async function endRow(
  tx: Tx,
  jobId: number,
  { status, error, needsAttention }: Outcome,
): Promise<EndedJob | null> {
  const json = error === null ? null : storableJson(error);
  const [job] = await tx.$queryRaw<EndedJob[]>`
    UPDATE "Job" SET status = ${status}, error = ${json}::jsonb, "needsAttention" = ${needsAttention},
      "endedAt" = now(), progress = NULL, "waitsFor" = NULL
    WHERE id = ${jobId} AND status IN ('queued', 'waiting', 'running', 'canceling')
    RETURNING id, operation, "targetKind", "targetId", "targetName", "ownerId", "createdById"`;
  return job ?? null;
}

async function abandon<S>(
  tx: Tx,
  {
    bound,
    jobId,
    outcome,
    announce,
  }: { bound: BoundOperation<S> | null; jobId: number; outcome: Outcome; announce: Abandonment['announce'] },
): Promise<'keep' | 'release'> {
  const end = { jobId, undone: !outcome.needsAttention, began: outcome.began, announce };
  return (await bound?.abandon?.(tx, end)) ?? 'release';
}

async function audit(tx: Tx, job: EndedJob, { status, error }: Outcome): Promise<void> {
  const user = job.createdById
    ? await tx.user.findUnique({ where: { id: job.createdById }, select: { name: true } })
    : null;
  await recordAudit(tx, {
    action: job.operation,
    outcome: status === 'success' ? 'done' : 'failed',
    actor: job.createdById && user ? { userId: job.createdById, name: user.name } : null,
    target: { kind: job.targetKind, id: job.targetId, name: job.targetName },
    ownerId: job.ownerId,
    jobId: job.id,
    details: error ? { status, code: error.code, message: storableText(error.message) } : { status },
  });
}
