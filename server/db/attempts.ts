// How often a watcher has tried to set an instance right: it must know when to wait and when to give up, also after the engine's restart.
import type { Queryable, Tx } from './client';

export type AttemptedBy = 'keep-running' | 'keep-mirrored';

/** An instance that did not run in spite of so many starts is left to people. */
export const mostRestarts = 5;

export type Attempted = {
  instanceId: string;
  watcher: AttemptedBy;
  now: Date;
  waitMs: (count: number) => number;
};

/** Counts one more. `waitMs` of the new count is how long the next one has to wait. */
export async function recordAttempt(tx: Tx, attempted: Attempted): Promise<void> {
  const { instanceId, watcher, now, waitMs } = attempted;
  const key = { instanceId_watcher: { instanceId, watcher } };
  const before = await tx.attempt.findUnique({ where: key });
  const count = (before?.count ?? 0) + 1;
  const data = { count, nextAt: new Date(now.getTime() + waitMs(count)) };
  await tx.attempt.upsert({ where: key, create: { instanceId, watcher, ...data }, update: data });
}

/** From here on the instance is tried anew. */
export async function forgetAttempts(
  db: Queryable,
  which: { instanceId: string; watcher: AttemptedBy } | { aboutNodeId: string },
): Promise<void> {
  if ('instanceId' in which) {
    await db.attempt.deleteMany({ where: which });
    return;
  }
  const { aboutNodeId } = which;
  await db.attempt.deleteMany({
    where: { instance: { OR: [{ nodeId: aboutNodeId }, { secondaryId: aboutNodeId }] } },
  });
}
