// What the watcher writes of a node itself. Nothing is written to a node that is joining, offline or being removed: that is an operation's
// or an operator's business.
import type { NodeFacts } from '@/contract/schemas/node';
import { forgetAttempts } from '../db/attempts';
import type { Db, Tx } from '../db/client';
import { refreshStatuses } from '../db/instance-state';
import { parseFacts } from '../db/nodes';
import { transact } from '../db/transact';
import { publish } from '../events/publish';

const observable = ['online', 'unreachable'];

export type NodeReport = { facts: NodeFacts; clockSkewMs: number };
type Observed = Partial<NodeReport & { state: string; problem: string | null; seenAt: Date }>;

/** The node answers and told its facts. */
export async function recordReport(db: Db, id: string, report: NodeReport): Promise<void> {
  await recordOnline(db, id, { ...report, seenAt: new Date() });
}

async function recordOnline(db: Db, id: string, data: Partial<NodeReport> & { seenAt: Date }): Promise<void> {
  await transact(db, async (tx) => {
    const node = await tx.node.findFirst({ where: { id, state: { in: observable } } });
    if (!node) return;
    const wasLost = node.state !== 'online';
    const back = wasLost ? { state: 'online', problem: null } : {};
    if (!(await writeObserved(tx, id, { ...data, ...back }))) return;
    if (data.facts && hasRestarted(node.facts, data.facts)) await forgetAttempts(tx, { aboutNodeId: id });
    const changed = !wasLost ? [] : await refreshStatuses(tx, { aboutNodeId: id });
    await publish(
      tx,
      { kind: 'node', id },
      { kind: 'cluster', id: node.clusterId },
      ...changed.map((instance) => ({ kind: 'instance' as const, ...instance })),
    );
  });
}

/** What was tried in vain before may well succeed on a machine that has just started. */
function hasRestarted(before: unknown, { bootId }: NodeFacts): boolean {
  const last = parseFacts(before)?.bootId;
  return last !== undefined && last !== bootId;
}

export async function recordUnreachable(db: Db, id: string, problem: string): Promise<void> {
  await transact(db, async (tx) => {
    const node = await tx.node.findFirst({ where: { id, state: { in: observable } } });
    if (!node || (node.state === 'unreachable' && node.problem === problem)) return;
    if (!(await writeObserved(tx, id, { state: 'unreachable', problem }))) return;
    const changed = await refreshStatuses(tx, { aboutNodeId: id });
    await publish(
      tx,
      { kind: 'node', id },
      { kind: 'cluster', id: node.clusterId },
      ...changed.map((instance) => ({ kind: 'instance' as const, ...instance })),
    );
  });
}

/** Looks at the state once more while it writes: an operation may have taken the node over since it was read. */
async function writeObserved(tx: Tx, id: string, data: Observed): Promise<boolean> {
  const { count } = await tx.node.updateMany({ where: { id, state: { in: observable } }, data });
  return count > 0;
}

/** A sign of life. Not announced, unless the node was taken to be unreachable: every page knows how old its data may be. */
export async function recordSeen(db: Db, id: string): Promise<void> {
  const seenAt = new Date();
  const { count } = await db.node.updateMany({ where: { id, state: 'online' }, data: { seenAt } });
  if (count === 0) await recordOnline(db, id, { seenAt });
}

/** What is wrong with a node that answers; null when nothing is. */
export async function recordProblem(db: Db, id: string, problem: string | null): Promise<void> {
  await db.$queryRaw`
    WITH changed AS (
      UPDATE "Node" SET problem = ${problem}
      WHERE id = ${id}::uuid AND state = 'online' AND problem IS DISTINCT FROM ${problem} RETURNING id
    )
    SELECT publish_event('node', id::text, NULL, NULL) FROM changed`;
}
