// The queue's rows: what is unfinished, and the small writes while a job runs. Each write and its announcement are one statement.
import { z } from 'zod';
import type { ErrorBody } from '@/contract/errors';
import { JobStatus, type StepStatus, unfinishedJobStatuses } from '@/contract/states';
import type { Db } from '../db/client';

const UnfinishedJob = z.object({
  id: z.number().int(),
  operation: z.string(),
  params: z.unknown(),
  status: JobStatus,
  priority: z.number().int(),
  waitsFor: z.number().int().nullable(),
  cancelRequested: z.boolean(),
  nodeId: z.string().nullable(),
  customerId: z.string().nullable(),
  isCreatorDisabled: z.boolean(),
  dependencies: z.array(
    z.object({ jobId: z.number().int(), statuses: z.array(JobStatus), status: JobStatus.nullable() }),
  ),
});
export type UnfinishedJob = z.infer<typeof UnfinishedJob>;

export async function readUnfinishedJobs(db: Db): Promise<UnfinishedJob[]> {
  const rows = await db.$queryRaw`
    SELECT j.id, j.operation, j.params, j.status, j.priority, j."waitsFor",
      j."cancelRequestedAt" IS NOT NULL AS "cancelRequested",
      CASE j."targetKind" WHEN 'node' THEN j."targetId" ELSE i."nodeId" END::text AS "nodeId",
      CASE u.role WHEN 'customer' THEN u.id END::text AS "customerId", COALESCE(u.disabled, false) AS "isCreatorDisabled",
      COALESCE((
        SELECT json_agg(json_build_object('jobId', d."dependsOnId", 'statuses', d.statuses, 'status', other.status))
        FROM "JobDependency" d LEFT JOIN "Job" other ON other.id = d."dependsOnId" WHERE d."jobId" = j.id
      ), '[]') AS dependencies
    FROM "Job" j LEFT JOIN "Instance" i ON j."targetKind" = 'instance' AND i.id = j."targetId"
      LEFT JOIN "User" u ON u.id = j."createdById"
    WHERE j.status = ANY(${[...unfinishedJobStatuses]}) ORDER BY j.priority, j.id`;
  return z.array(UnfinishedJob).parse(rows);
}

/** Answers whether the job is running now: false when its end was asked for in the meantime. */
export async function markRunning(db: Db, jobId: number, stepNames: string[]): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    WITH started AS (
      UPDATE "Job" SET status = 'running', "startedAt" = now(), "waitsFor" = NULL
      WHERE id = ${jobId} AND status IN ('queued', 'waiting') AND "cancelRequestedAt" IS NULL
      RETURNING id, "ownerId", "targetKind", "targetId"
    ), planned AS (
      INSERT INTO "JobStep" ("jobId", index, name)
      SELECT started.id, s.index - 1, s.name FROM started, unnest(${stepNames}::text[]) WITH ORDINALITY AS s(name, index)
      ON CONFLICT DO NOTHING
    )
    SELECT publish_event('job', id::text, "ownerId", NULL), publish_event("targetKind", "targetId"::text, "ownerId", NULL)
    FROM started`;
  return rows.length > 0;
}

export async function markWaiting(db: Db, jobId: number, waitsFor: number): Promise<void> {
  await db.$queryRaw`
    WITH changed AS (
      UPDATE "Job" SET status = 'waiting', "waitsFor" = ${waitsFor}
      WHERE id = ${jobId} AND status IN ('queued', 'waiting') RETURNING id, "ownerId"
    )
    SELECT publish_event('job', id::text, "ownerId", NULL) FROM changed`;
}

/** What it waited for is gone; only the number of running jobs is in its way. */
export async function markQueued(db: Db, jobId: number): Promise<void> {
  await db.$queryRaw`
    WITH changed AS (
      UPDATE "Job" SET status = 'queued', "waitsFor" = NULL WHERE id = ${jobId} AND status = 'waiting' RETURNING id, "ownerId"
    )
    SELECT publish_event('job', id::text, "ownerId", NULL) FROM changed`;
}

export async function markCanceling(db: Db, jobId: number): Promise<void> {
  await db.$queryRaw`
    WITH changed AS (
      UPDATE "Job" SET status = 'canceling' WHERE id = ${jobId} AND status = 'running' RETURNING id, "ownerId"
    )
    SELECT publish_event('job', id::text, "ownerId", NULL) FROM changed`;
}

export type StepChange = {
  index: number;
  status: StepStatus;
  at: Date;
  error?: ErrorBody;
  /** From a step that a crash had let get to its end: then only what the crash kept from being written is written. */
  isReplay?: boolean;
};

/** Stamps the times that belong to the statuses; progress belongs to a running step alone. */
export async function writeSteps(db: Db, jobId: number, changes: StepChange[]): Promise<void> {
  await db.$queryRaw`
    WITH step AS (
      UPDATE "JobStep" s SET status = c.status, error = COALESCE(c.error, s.error),
        "startedAt" = COALESCE(c."startedAt", s."startedAt"), "endedAt" = c."endedAt"
      FROM jsonb_to_recordset(${storableJson(mergeSteps(changes))}::jsonb) AS c(
        index int, status text, error jsonb, "startedAt" timestamptz, "endedAt" timestamptz, "isReplay" boolean)
      WHERE s."jobId" = ${jobId} AND s.index = c.index
        AND (NOT c."isReplay" OR s.status IN ('pending', 'running')
          OR (c.status LIKE 'undo%' AND s.status NOT IN ('undone', 'undoFailed')))
    ), job AS (
      UPDATE "Job" SET progress = NULL WHERE id = ${jobId} RETURNING id, "ownerId"
    )
    SELECT publish_event('job', id::text, "ownerId", NULL) FROM job`;
}

/** One row for each step: an UPDATE takes only one for each. */
function mergeSteps(changes: StepChange[]) {
  const rows = new Map<number, object>();
  for (const { index, status, at, error, isReplay = false } of changes) {
    const isOpen = status === 'running' || status === 'undoing';
    rows.set(index, {
      ...rows.get(index),
      ...{ index, status, isReplay, endedAt: isOpen ? null : at },
      ...(status === 'running' && { startedAt: at }),
      ...(error && { error }),
    });
  }
  return [...rows.values()];
}

export async function writeProgress(db: Db, jobId: number, done: number): Promise<void> {
  await db.$queryRaw`
    WITH changed AS (UPDATE "Job" SET progress = ${done} WHERE id = ${jobId} RETURNING id, "ownerId")
    SELECT publish_event('job', id::text, "ownerId", NULL) FROM changed`;
}

/** As JSON text that PostgreSQL stores: it takes neither NUL nor halves of surrogate pairs. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storableText(part) : part));
}

export function storableText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}
