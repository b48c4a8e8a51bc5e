// Asks each node from time to time what lies on it for disks, so that pages can show what nobody has any more.
import type { AgentClient } from '../agents/agent-client';
import type { Db } from '../db/client';
import { storeVolumes } from '../db/node-volumes';
import { log } from '../log';
import { every, type Watcher } from './every';

type Parts = { db: Db; agents: Pick<AgentClient, 'call'>; intervalMs?: number };

export function listVolumes({ intervalMs = 60_000, ...parts }: Parts): Watcher {
  return every({ name: 'list-volumes', intervalMs, work: () => askAllNodes(parts) });
}

export async function askAllNodes({ db, agents }: Omit<Parts, 'intervalMs'>): Promise<void> {
  const nodes = await db.node.findMany({
    where: { state: 'online' },
    select: { id: true, name: true, address: true },
  });
  await Promise.all(
    nodes.map(async (node) => {
      try {
        const { volumes } = await agents.call(node, 'volume.list', {}, { patienceMs: 0 });
        await storeVolumes(db, node.id, volumes);
      } catch (error) {
        log.warn({ error, node: node.name }, 'Cannot list the volumes of a node');
      }
    }),
  );
}
