// What watchers do to an instance that is not as it should be: they accept a job of their own, behind everybody else's, one at a time for each
// instance and only so many at once, so that a node that comes back with hundreds of instances does not drown in work.
import type { OperationName } from '@/contract/operations';
import { unfinishedJobStatuses } from '@/contract/states';
import { type AttemptedBy, recordAttempt } from '../db/attempts';
import { recordAudit } from '../db/audit';
import type { Db, Tx } from '../db/client';
import { lockInstances, type StatefulInstance } from '../db/instance-state';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { submitJob } from '../jobs/submit';
import { log } from '../log';

/** The last of all: whoever asks for something goes first. */
const priority = 19;

/** Of unfinished jobs that watchers asked for. */
export const careLimits = { jobs: 20, jobsPerNode: 3 };

export type Patient = { id: string; nodeId: string | null };
export type Care = {
  watcher: AttemptedBy;
  now: Date;
  waitMs: (count: number) => number;
  /** What to do with it as it is now; null when nothing is to be done any more. */
  treat: (
    instance: StatefulInstance,
  ) => { operation: OperationName; params?: Record<string, string | boolean | number> } | null;
};

/** In the order given, as far as there is room. One that cannot be cared for does not keep the others waiting. */
export async function careForAll(db: Db, patients: Patient[], care: Care): Promise<void> {
  const room = await readRoom(db);
  for (const patient of patients) {
    if (!room.has(patient.nodeId)) continue;
    try {
      if (await careFor(db, patient.id, care)) room.take(patient.nodeId);
    } catch (error) {
      log.error({ error, instance: patient.id }, `Watcher ${care.watcher} cannot ask for a job`);
    }
  }
}

function careFor(db: Db, instanceId: string, { treat, ...attempted }: Care): Promise<boolean> {
  return transact(db, async (tx) => {
    const [instance] = await lockInstances(tx, { ids: [instanceId] });
    const treatment = instance && (await isFree(tx, instanceId)) ? treat(instance) : null;
    if (!instance || !treatment) return false;
    const { operation, params } = treatment;
    const { ownerId, clusterId } = instance;
    const { name } = await tx.instance.findUniqueOrThrow({
      where: { id: instanceId },
      select: { name: true },
    });
    const target = { kind: 'instance', id: instanceId, name } as const;
    const by = { clusterId, ownerId, createdById: null, priority };
    const jobId = await submitJob(tx, { operation, params: { instanceId, ...params }, target, ...by });
    await recordAttempt(tx, { instanceId, ...attempted });
    const details = { watcher: attempted.watcher };
    await recordAudit(tx, { action: operation, outcome: 'accepted', target, ownerId, jobId, details });
    await publish(tx, { kind: 'instance', id: instanceId, ownerId });
    return true;
  });
}

async function isFree(tx: Tx, targetId: string): Promise<boolean> {
  const where = { targetId, status: { in: [...unfinishedJobStatuses] } };
  return (await tx.job.findFirst({ where, select: { id: true } })) === null;
}

/** By the nodes that the instances are on now. */
async function readRoom(db: Db) {
  const rows = await db.$queryRaw<{ nodeId: string | null; jobs: number }[]>`
    SELECT i."nodeId", count(*)::int AS jobs FROM "Job" j JOIN "Instance" i ON i.id = j."targetId"
    WHERE j.status = ANY(${[...unfinishedJobStatuses]}) AND j."createdById" IS NULL AND j.priority = ${priority}
    GROUP BY i."nodeId"`;
  const taken = new Map(rows.map(({ nodeId, jobs }) => [nodeId, jobs]));
  let all = rows.reduce((sum, { jobs }) => sum + jobs, 0);
  return {
    has: (nodeId: string | null) =>
      all < careLimits.jobs && (taken.get(nodeId) ?? 0) < careLimits.jobsPerNode,
    take: (nodeId: string | null) => {
      all += 1;
      taken.set(nodeId, (taken.get(nodeId) ?? 0) + 1);
    },
  };
}
