// Brings mirrors up again that a node's restart took down, or that let go of each other: on whatever nodes answer, after longer and longer when
// it does not help. It never touches sides that contradict each other (somebody has to choose one), makes none writable, and leaves alone what
// was taken down for maintenance.
import { unfinishedJobStatuses } from '@/contract/states';
import type { Db } from '../db/client';
import { careForAll, type Patient } from './care';
import { every, type Watcher } from './every';

const watcher = 'keep-mirrored';
const waitMs = { first: 30_000, most: 30 * 60_000 };

export function keepMirrored({ db, intervalMs = 10_000 }: { db: Db; intervalMs?: number }): Watcher {
  return every({ name: watcher, intervalMs, work: () => keepMirroredOnce(db, new Date()) });
}

export async function keepMirroredOnce(db: Db, now: Date): Promise<void> {
  const down = await readDown(db);
  await db.attempt.deleteMany({ where: { watcher, instanceId: { notIn: down.map(({ id }) => id) } } });
  const due = down.filter(({ nextAt, isBusy }) => !isBusy && (nextAt === null || nextAt <= now));
  await careForAll(db, due, {
    ...{ watcher, now },
    waitMs: (count) => Math.min(waitMs.first * 2 ** (count - 1), waitMs.most),
    treat: ({ disksActive, lifecycle }) =>
      disksActive && lifecycle === 'ready' ? { operation: 'instance.activateDisks' } : null,
  });
}

type Down = Patient & { nextAt: Date | null; isBusy: boolean };

/** All that have a side to bring up on a node that answers; those tried least come first. */
function readDown(db: Db): Promise<Down[]> {
  return db.$queryRaw<Down[]>`
    SELECT i.id, i."nodeId", a."nextAt", EXISTS (
      SELECT 1 FROM "Job" j WHERE j."targetId" = i.id AND j.status = ANY(${[...unfinishedJobStatuses]})) AS "isBusy"
    FROM "Instance" i LEFT JOIN "Attempt" a ON a."instanceId" = i.id AND a.watcher = ${watcher}
    WHERE i.lifecycle = 'ready' AND i."disksActive" AND i.id IN (
      SELECT d."instanceId" FROM "Disk" d JOIN "MirrorSide" s ON s."diskId" = d.id JOIN "Node" n ON n.id = s."nodeId"
      GROUP BY d."instanceId"
      HAVING bool_or(n.state = 'online' AND (s.status->>'connection' IN ('down', 'standAlone') OR s.status->>'diskState' = 'diskless'))
        AND NOT bool_or(coalesce((s.status->>'splitBrain')::boolean, false)))
    ORDER BY a.count NULLS FIRST, i."createdAt", i.id`;
}
