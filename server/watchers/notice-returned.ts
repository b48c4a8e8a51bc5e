// Looks whether offline nodes answer again. It only tells: an operator decides whether a node is taken back.
import type { AgentClient } from '../agents/agent-client';
import type { Db } from '../db/client';
import { publish } from '../events/publish';
import { every, type Watcher } from './every';

type Parts = { db: Db; agents: Pick<AgentClient, 'call'>; intervalMs?: number };

export function noticeReturned({ intervalMs = 10_000, ...parts }: Parts): Watcher {
  return every({ name: 'notice-returned', intervalMs, work: () => lookAtOffline(parts) });
}

export async function lookAtOffline({ db, agents }: Omit<Parts, 'intervalMs'>): Promise<void> {
  const nodes = await db.node.findMany({ where: { state: 'offline' } });
  await Promise.all(
    nodes.map(async (node) => {
      const answers = await agents.call(node, 'node.facts', {}, { patienceMs: 0 }).then(
        () => true,
        () => false,
      );
      if (answers !== (node.answersSince !== null)) await record(db, node.id, answers ? new Date() : null);
    }),
  );
}

/** Only while it is offline: it may have been taken back meanwhile. */
async function record(db: Db, id: string, answersSince: Date | null): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.node.updateMany({ where: { id, state: 'offline' }, data: { answersSince } });
    if (count > 0) await publish(tx, { kind: 'node', id });
  });
}
