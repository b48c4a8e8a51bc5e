// Writes what an agent reports of its instances. Invariants: only instances that the database places on this very node are touched, whatever
// the agent claims (of the others see store-strays.ts); and nothing is announced that did not change.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { Db, Tx } from '../db/client';
import { lockInstances, type StatefulInstance, statusOf } from '../db/instance-state';
import { transact } from '../db/transact';

type Observed = Pick<StatefulInstance, 'operState' | 'operSince' | 'operDetail' | 'accelerator'>;

/** The ids of the node's instances, and how many were changed. */
export type Stored = { known: Set<string>; changed: number };

/** All that the node has: what is not in it does not run. */
export function storeSnapshot(db: Db, nodeId: string, observed: ObservedInstance[]): Promise<Stored> {
  const byId = new Map(observed.map((instance) => [instance.id, instance]));
  return store(db, { nodeId, ids: null, see: (row) => seen(row, byId.get(row.id)) });
}

export function storeInstance(db: Db, nodeId: string, observed: ObservedInstance): Promise<Stored> {
  return store(db, { nodeId, ids: [observed.id], see: (row) => seen(row, observed) });
}

export function storeGone(db: Db, nodeId: string, instanceId: string): Promise<Stored> {
  return store(db, { nodeId, ids: [instanceId], see: (row) => seen(row, undefined) });
}

type See = (row: StatefulInstance) => Observed;

function seen(row: StatefulInstance, observed: ObservedInstance | undefined): Observed {
  if (observed) {
    const { operState, detail, accelerator, since } = observed;
    return { operState, operDetail: detail, accelerator, operSince: new Date(since) };
  }
  const ran = row.operState === 'running' || row.operState === 'paused' || row.operState === 'unknown';
  // How it ended is worth keeping: an agent that was restarted does not know it any more.
  if (!ran) return row;
  return { operState: 'absent', operDetail: null, accelerator: null, operSince: new Date() };
}

function store(
  db: Db,
  { nodeId, ids, see }: { nodeId: string; ids: string[] | null; see: See },
): Promise<Stored> {
  return transact(db, async (tx) => {
    const rows = await lockInstances(tx, { nodeId, ids });
    const changes = rows.flatMap((row) => {
      const after = { ...row, ...see(row) };
      const change = { ...after, status: statusOf(after) };
      return isSame(row, change) ? [] : [change];
    });
    if (changes.length > 0) await write(tx, changes);
    return { known: new Set(rows.map((row) => row.id)), changed: changes.length };
  });
}

function isSame(row: StatefulInstance, change: StatefulInstance): boolean {
  return (
    row.operState === change.operState &&
    row.operDetail === change.operDetail &&
    row.accelerator === change.accelerator &&
    row.status === change.status &&
    row.operSince?.getTime() === change.operSince?.getTime()
  );
}

/** However many there are, one statement. */
async function write(tx: Tx, changes: StatefulInstance[]): Promise<void> {
  const json = JSON.stringify(changes);
  await tx.$queryRaw`
    WITH changed AS (
      UPDATE "Instance" i SET "operState" = c."operState", "operSince" = c."operSince", "operDetail" = c."operDetail",
        accelerator = c.accelerator, status = c.status,
        machine = CASE WHEN c."operState" IN ('absent', 'shutdown', 'crashed') THEN NULL ELSE i.machine END
      FROM jsonb_to_recordset(${json}::jsonb) AS c(
        id uuid, "operState" text, "operSince" timestamptz, "operDetail" text, accelerator text, status text)
      WHERE i.id = c.id RETURNING i.id, i."ownerId"
    )
    SELECT publish_event('instance', id::text, "ownerId", NULL) FROM changed`;
}
