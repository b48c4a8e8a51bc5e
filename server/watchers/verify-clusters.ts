// Has each cluster verified every hour, and sooner where that is due: when a node answers again that did not the last time, and when something was
// done about what was found. Behind everybody else's jobs, one at a time for each cluster.
import type { Db } from '../db/client';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { findVerification, submitVerification } from '../jobs/submit-verification';
import { every, type Watcher } from './every';

const name = 'verify-clusters';
const priority = 19;
const againMs = 3_600_000;

export function verifyClusters({ db, intervalMs = 60_000 }: { db: Db; intervalMs?: number }): Watcher {
  return every({ name, intervalMs, work: () => verifyDue(db, new Date()) });
}

export async function verifyDue(db: Db, now: Date): Promise<void> {
  for (const cluster of await readDue(db, new Date(now.getTime() - againMs)))
    await transact(db, async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Cluster" WHERE id = ${cluster.id}::uuid FOR NO KEY UPDATE`;
      if ((await findVerification(tx, cluster.id)) !== null) return;
      await submitVerification(tx, { target: { kind: 'cluster', ...cluster }, createdById: null, priority });
      await publish(tx, { kind: 'cluster', id: cluster.id });
    });
}

/** A verification that failed counts as one, else it would be asked for again and again. A new cluster has its first one after an hour. */
function readDue(db: Db, before: Date): Promise<{ id: string; name: string }[]> {
  return db.$queryRaw<{ id: string; name: string }[]>`
    SELECT c.id, c.name FROM "Cluster" c
    CROSS JOIN LATERAL (
      SELECT coalesce(max(j."createdAt"), c."createdAt") AS at FROM "Job" j
      WHERE j."targetId" = c.id AND j.operation = 'cluster.verify') AS last
    WHERE EXISTS (SELECT FROM "Node" n WHERE n."clusterId" = c.id AND n.state = 'online') AND (
      last.at < ${before}
      OR EXISTS (
        SELECT FROM "VerifyFinding" f JOIN "Node" n ON n.id = f."targetId"
        WHERE f."clusterId" = c.id AND f.meaning = 'nodeSilent' AND n.state = 'online' AND n."seenAt" > last.at)
      OR EXISTS (
        SELECT FROM "Job" j JOIN "VerifyFinding" f ON f."targetId" = j."targetId"
        WHERE f."clusterId" = c.id AND j."clusterId" = c.id AND j."endedAt" > last.at AND j.operation <> 'cluster.verify')
      OR EXISTS (
        SELECT FROM "Job" j
        WHERE j."clusterId" = c.id AND j.operation = 'node.setOnline' AND j.status = 'success' AND j."endedAt" > last.at))
    ORDER BY c.name`;
}
