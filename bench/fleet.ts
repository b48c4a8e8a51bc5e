// Simulated nodes inside the benchmark's own process, joined to the running product like any node. What reaches them and what changes on
// them is told with this process's clock, which is the machine's.
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentCall, ObservedInstance } from '@/contract/agent-calls';
import type { CallContext, Handlers } from '@/agents/calls/handlers';
import type { SimulatedNode } from '@/agents/simulated-node';
import { startSimulatedNodes } from '@/agents/simulated-nodes';
import { api } from '@/contract/paths';
import { Cluster } from '@/contract/schemas/cluster';
import { JoinToken } from '@/contract/schemas/node';
import { nodesOnline, type Bed } from './bed';

export type Fleet = {
  clusterId: string;
  nodes: SimulatedNode[];
  /** Calls back whenever the control plane calls a node. */
  onCall(listener: (call: AgentCall, at: number) => void): void;
  /** Calls back with every state that an instance comes into. */
  onChange(listener: (seen: ObservedInstance) => void): void;
  close(): Promise<void>;
};

const joinsAtOnce = 4;

/** For calls that the benchmark makes itself, past the control plane. */
export const byHand: CallContext = {
  signal: new AbortController().signal,
  log: () => {},
  progress: () => {},
};

/** `count` nodes in a cluster of their own. */
export async function openFleet(bed: Bed, count: number): Promise<Fleet> {
  const dataDir = await mkdtemp(join(tmpdir(), 'corral-fleet-'));
  const cluster = await bed.rest.call('POST', api.clusters(), Cluster, {
    name: `scale-${count}`,
    hypervisors: ['simulated'],
    diskTemplates: ['diskless', 'simulated'],
  });
  // What is measured is what nodes do, not what the console does about it.
  await bed.rest.call('PATCH', api.cluster(cluster.id), Cluster, { autoRestart: false });
  const ears = openEars();
  const host = await startSimulatedNodes({ dataDir, host: '127.0.0.1', port: 0, log: () => {} });
  const nodes: SimulatedNode[] = [];
  const names = Array.from({ length: count }, (_, n) => `scale-${count}-${String(n + 1).padStart(3, '0')}`);
  const queue = names.values();
  const worker = async () => {
    for (const name of queue) {
      const { token } = await bed.rest.call('POST', api.joinTokens(), JoinToken, { clusterId: cluster.id });
      const node = await host.joinAndOpen({ name, token, url: bed.rest.url });
      ears.listenTo(node);
      nodes.push(node);
    }
  };
  const close = async () => {
    ears.close();
    await host.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(Array.from({ length: Math.min(joinsAtOnce, count) }, worker));
    await nodesOnline(bed, count, cluster.id);
  } catch (error) {
    await close();
    throw error;
  }
  return { clusterId: cluster.id, nodes, onCall: ears.onCall, onChange: ears.onChange, close };
}

function openEars() {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal, byHand.signal);
  let onCall: Parameters<Fleet['onCall']>[0] = () => {};
  let onChange: Parameters<Fleet['onChange']>[0] = () => {};
  const watch = async (node: SimulatedNode) => {
    for await (const observation of node.watch(ending.signal))
      if (observation.kind === 'instance') onChange(observation.instance);
  };
  return {
    listenTo: (node: SimulatedNode) => {
      const handlers = new Proxy<Handlers>(node.handlers, {
        get(target, name: AgentCall) {
          onCall(name, Date.now());
          return target[name];
        },
      });
      Object.assign(node, { handlers });
      void watch(node);
    },
    onCall: (listener: typeof onCall) => void (onCall = listener),
    onChange: (listener: typeof onChange) => void (onChange = listener),
    close: () => ending.abort(),
  };
}
