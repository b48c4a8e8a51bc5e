// Keeps one observer for each node that should be observed, and brings nodes the settings that were made for them.
import type { AgentAddress, AgentClient } from '../agents/agent-client';
import { AcceleratorSetting } from '@/contract/schemas/node';
import type { Db } from '../db/client';
import { log } from '../log';
import { every, type Watcher } from './every';
import { observeNode, type ObserveTiming, usualTiming } from './observe-node';

type Parts = {
  db: Db;
  agents: Pick<AgentClient, 'watch' | 'call'>;
  timing?: ObserveTiming;
  /** How soon a joined or removed node and a changed setting are noticed. */
  lookEveryMs?: number;
};
type ObservedNode = AgentAddress & { state: string; acceleratorSetting: string; reported: string | null };

export function observeNodes({ db, agents, timing = usualTiming, lookEveryMs = 1_000 }: Parts): Watcher {
  const observers = new Map<string, { address: string; stop: AbortController }>();
  const look = async () => {
    const nodes = await readNodes(db);
    const wanted = new Map(nodes.map((node) => [node.id, node]));
    for (const [id, observer] of observers)
      if (wanted.get(id)?.address !== observer.address) {
        observer.stop.abort();
        observers.delete(id);
      }
    for (const node of nodes) {
      if (observers.has(node.id)) continue;
      const stop = new AbortController();
      observers.set(node.id, { address: node.address, stop });
      void observeNode({ db, agents, node, signal: stop.signal, timing }).catch((error: unknown) => {
        log.error({ error, node: node.name }, 'The observer of a node ended');
        observers.delete(node.id);
      });
    }
    await Promise.all(nodes.map((node) => configure(agents, node)));
  };
  const watcher = every({ name: 'observe-nodes', intervalMs: lookEveryMs, work: look });
  return {
    close() {
      watcher.close();
      for (const { stop } of observers.values()) stop.abort();
    },
  };
}

function readNodes(db: Db): Promise<ObservedNode[]> {
  return db.$queryRaw<ObservedNode[]>`
    SELECT id, name, address, state, "acceleratorSetting", facts->'accelerator'->>'setting' AS reported
    FROM "Node" WHERE state IN ('online', 'unreachable') ORDER BY name`;
}

/** The agent answers with new facts on its stream, which ends the difference. */
async function configure(agents: Pick<AgentClient, 'call'>, node: ObservedNode): Promise<void> {
  const accelerator = AcceleratorSetting.safeParse(node.acceleratorSetting).data;
  if (node.state !== 'online' || !accelerator) return;
  if (node.reported === null || node.reported === accelerator) return;
  try {
    await agents.call(node, 'node.configure', { accelerator }, { patienceMs: 0 });
  } catch (error) {
    log.warn({ error, node: node.name }, 'Cannot bring its settings to a node');
  }
}
