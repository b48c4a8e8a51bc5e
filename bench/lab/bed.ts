// The console and three nodes of the lab that benchmarks measure, and how they ask the console for things.
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { type Job } from '@/contract/schemas/job';
import type { LabNode } from '@/lab/lab-node';
import { type RealCluster, startRealCluster } from '@/lab/testing/real-cluster';

export type LabBed = RealCluster & {
  readonly one: LabNode;
  readonly two: LabNode;
  /** Nothing is placed there unless it is said. */
  readonly three: LabNode;
  nodeId(name: string): Promise<string>;
  see(id: string): Promise<Instance>;
  remove(id: string): Promise<void>;
};

/** Enough for six guests on one node. */
const memoryMiB = 2048;

export async function openLabBed(): Promise<LabBed> {
  const cluster = await startRealCluster({ nodes: 3, memoryMiB });
  const { rest, lab } = cluster;
  const see: LabBed['see'] = (id) => rest.call('GET', api.instance(id), Instance);
  return {
    ...cluster,
    ...{ one: lab.node(1), two: lab.node(2), three: lab.node(3), see },
    nodeId: async (name) => (await cluster.node(name)).id,
    create: (wish) => cluster.create({ os: { kind: 'none' }, disks: [{ sizeMiB: 128 }], ...wish }),
    async remove(id) {
      await cluster.order('DELETE', api.instance(id), { confirmName: (await see(id)).name });
    },
  };
}

/** Milliseconds from when it was accepted to its end. */
export const tookMs = ({ createdAt, endedAt }: Job): number =>
  Date.parse(endedAt ?? '') - Date.parse(createdAt);
