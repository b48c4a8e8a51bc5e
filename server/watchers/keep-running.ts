// Starts again what should run and does not: at once, then after longer and longer, and gives up in the end, because what ends again and again
// needs a person. Where a guest may power itself off, it is stopped for good instead. Only on nodes that answer; drained ones keep what they
// have.
import { unfinishedJobStatuses } from '@/contract/states';
import { mostRestarts } from '../db/attempts';
import type { Db } from '../db/client';
import { type Care, careForAll, careLimits, type Patient } from './care';
import { every, type Watcher } from './every';

const watcher = 'keep-running';
/** Between one start and the next. */
const waitsMs = [30_000, 2 * 60_000, 8 * 60_000, 30 * 60_000];
/** What has run for so long is well. */
const wellAfterMs = 10 * 60_000;

export function keepRunning({ db, intervalMs = 3_000 }: { db: Db; intervalMs?: number }): Watcher {
  return every({ name: watcher, intervalMs, work: () => keepRunningOnce(db, new Date()) });
}

export async function keepRunningOnce(db: Db, now: Date): Promise<void> {
  await forgetWell(db, now);
  await careForAll(db, await readPatients(db, now), {
    ...{ watcher, now, treat },
    waitMs: (count) => waitsMs[Math.min(count, waitsMs.length) - 1] ?? 0,
  });
}

const treat: Care['treat'] = ({ status, adminState }) => {
  if (adminState !== 'up') return null;
  if (status === 'errorDown') return { operation: 'instance.start' };
  if (status !== 'userDown') return null;
  return { operation: 'instance.stop', params: { source: 'user', force: true } };
};

async function forgetWell(db: Db, now: Date): Promise<void> {
  await db.$executeRaw`
    DELETE FROM "Attempt" a USING "Instance" i
    WHERE a.watcher = ${watcher} AND i.id = a."instanceId" AND (i."adminState" <> 'up'
      OR (i.status = 'running' AND i."operSince" < ${new Date(now.getTime() - wellAfterMs)}))`;
}

/** Of each node only as many as may be worked on, so that a crowded one does not hide the others; those tried least come first. */
function readPatients(db: Db, now: Date): Promise<Patient[]> {
  return db.$queryRaw<Patient[]>`
    SELECT id, "nodeId" FROM (
      SELECT i.id, i."nodeId", a.count, i."createdAt",
        row_number() OVER (PARTITION BY i."nodeId" ORDER BY a.count NULLS FIRST, i."createdAt", i.id) AS place
      FROM "Instance" i JOIN "Node" n ON n.id = i."nodeId" AND n.state = 'online'
      JOIN "Cluster" c ON c.id = i."clusterId"
      LEFT JOIN "Attempt" a ON a."instanceId" = i.id AND a.watcher = ${watcher}
      WHERE i.status IN ('errorDown', 'userDown') AND i."adminState" = 'up' AND (i.status = 'userDown' OR c."autoRestart")
        AND (a.count IS NULL OR (a.count < ${mostRestarts} AND a."nextAt" <= ${now}))
        AND NOT EXISTS (SELECT 1 FROM "Job" j WHERE j."targetId" = i.id AND j.status = ANY(${[...unfinishedJobStatuses]}))
    ) AS due WHERE place <= ${careLimits.jobsPerNode}
    ORDER BY count NULLS FIRST, "createdAt", id LIMIT ${careLimits.jobs}`;
}
