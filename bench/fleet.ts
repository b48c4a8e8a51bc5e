// Simulated nodes inside the benchmark's own process, joined to the running product like any node, with a clock at their drivers.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaults, type FaultPoint } from '@/agents/simulated-faults';
import type { SimulatedNode } from '@/agents/simulated-node';
import { startSimulatedNodes } from '@/agents/simulated-nodes';
import { api } from '@/contract/paths';
import { Cluster } from '@/contract/schemas/cluster';
import { JoinToken } from '@/contract/schemas/node';
import { nodesOnline, type Bed } from './bed';

export type Fleet = {
  clusterId: string;
  nodes: SimulatedNode[];
  /** Calls back with the time (Date.now) at which a driver verb was reached. */
  onReach(point: FaultPoint, listener: (at: number) => void): void;
  close(): Promise<void>;
};

const joinsAtOnce = 4;

/** `count` nodes in a cluster of their own. */
export async function openFleet(bed: Bed, count: number): Promise<Fleet> {
  const dataDir = await mkdtemp(join(tmpdir(), 'corral-fleet-'));
  const listeners = new Map<FaultPoint, (at: number) => void>();
  const plain = createFaults();
  const faults = {
    ...plain,
    pass: (point: FaultPoint, signal?: AbortSignal) => {
      listeners.get(point)?.(Date.now());
      return plain.pass(point, signal);
    },
  };
  const cluster = await bed.rest.call('POST', api.clusters(), Cluster, {
    name: `scale-${count}`,
    hypervisors: ['simulated'],
    diskTemplates: ['diskless', 'simulated'],
  });
  const host = await startSimulatedNodes({ dataDir, host: '127.0.0.1', port: 0, log: () => {} });
  const nodes: SimulatedNode[] = [];
  const names = Array.from({ length: count }, (_, n) => `scale-${count}-${String(n + 1).padStart(3, '0')}`);
  const queue = names.values();
  const worker = async () => {
    for (const name of queue) {
      const { token } = await bed.rest.call('POST', api.joinTokens(), JoinToken, { clusterId: cluster.id });
      nodes.push(await host.joinAndOpen({ name, token, url: bed.rest.url, faults }));
    }
  };
  await Promise.all(Array.from({ length: joinsAtOnce }, worker));
  await nodesOnline(bed.rest, count, cluster.id);
  return {
    clusterId: cluster.id,
    nodes,
    onReach: (point, listener) => listeners.set(point, listener),
    close: async () => {
      await host.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
