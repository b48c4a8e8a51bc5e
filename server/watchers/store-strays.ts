// Keeps which instances a node runs although the database places them elsewhere. Invariants: a claim changes nothing but `elsewhereId` and the
// status that follows from it, only of instances of the node's own cluster, and only of a node that is online; of two nodes that claim the
// same, the first one is kept.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { Db, Tx } from '../db/client';
import { refreshStatuses } from '../db/instance-state';
import { transact } from '../db/transact';
import { publish } from '../events/publish';

type Changed = { id: string; ownerId: string | null }[];

export function isThere({ operState }: ObservedInstance): boolean {
  return operState === 'running' || operState === 'paused';
}

/** `ids`: all strays of the node. What it claimed before and is not among them is taken back. */
export function storeStrays(db: Db, nodeId: string, ids: string[]): Promise<void> {
  return change(db, async (tx) => [
    ...(await tx.$queryRaw<Changed>`
      UPDATE "Instance" SET "elsewhereId" = NULL
      WHERE "elsewhereId" = ${nodeId}::uuid AND NOT id = ANY(${ids}::uuid[]) RETURNING id, "ownerId"`),
    ...(ids.length > 0 ? await claim(tx, nodeId, ids) : []),
  ]);
}

/** One that began to run there. */
export function storeStray(db: Db, nodeId: string, instanceId: string): Promise<void> {
  return change(db, (tx) => claim(tx, nodeId, [instanceId]));
}

/** One that does not run there any more, or that belongs there now. */
export function forgetStray(db: Db, nodeId: string, instanceId: string): Promise<void> {
  return change(
    db,
    (tx) => tx.$queryRaw<Changed>`
      UPDATE "Instance" SET "elsewhereId" = NULL
      WHERE id = ${instanceId}::uuid AND "elsewhereId" = ${nodeId}::uuid RETURNING id, "ownerId"`,
  );
}

function claim(tx: Tx, nodeId: string, ids: string[]): Promise<Changed> {
  return tx.$queryRaw<Changed>`
    UPDATE "Instance" i SET "elsewhereId" = n.id FROM "Node" n
    WHERE n.id = ${nodeId}::uuid AND n.state = 'online' AND i.id = ANY(${ids}::uuid[]) AND i."clusterId" = n."clusterId"
      AND i."nodeId" IS DISTINCT FROM n.id AND i."elsewhereId" IS NULL RETURNING i.id, i."ownerId"`;
}

/** Announces also where the status stays: pages tell where it was seen. */
function change(db: Db, write: (tx: Tx) => Promise<Changed>): Promise<void> {
  return transact(db, async (tx) => {
    const changed = await write(tx);
    if (changed.length === 0) return;
    await refreshStatuses(tx, { ids: changed.map(({ id }) => id) });
    await publish(tx, ...changed.map((row) => ({ kind: 'instance' as const, ...row })));
  });
}
