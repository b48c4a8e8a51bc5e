// The console and three nodes of the lab that benchmarks measure, of either kind, and how they ask the console for things.
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { type Job } from '@/contract/schemas/job';
import type { LabNode } from '@/lab/lab-node';
import { readDomain } from './raw-domain';
import type { ReadRaw } from './raw-mirror';
import { readQemu } from './raw-qemu';
import { type RealCluster, startRealCluster } from '@/lab/testing/real-cluster';

export type BedKind = 'kvm' | 'xen-pvm';

export type LabBed = RealCluster & {
  readonly kind: BedKind;
  /** Reads a machine that bare commands can make as the product made this one. */
  readonly readRaw: ReadRaw;
  readonly one: LabNode;
  readonly two: LabNode;
  /** Runs KVM in any case. Nothing is placed there unless it is said. */
  readonly three: LabNode;
  nodeId(name: string): Promise<string>;
  see(id: string): Promise<Instance>;
  remove(id: string): Promise<void>;
};

/** A paravirtual guest needs a kernel. */
const usualOs = { kvm: { kind: 'none' }, 'xen-pvm': { kind: 'tiny' } } as const;

/** Enough for six guests on one node. */
const memoryMiB = 2048;

export async function openLabBed(kind: BedKind): Promise<LabBed> {
  const isXen = kind === 'xen-pvm';
  const cluster = await startRealCluster({
    ...(isXen ? { nodes: 1, xenNodes: 2 } : { nodes: 3 }),
    memoryMiB,
  });
  const { rest, lab } = cluster;
  const [one, two, three] = isXen
    ? [lab.node('xen1'), lab.node('xen2'), lab.node('node1')]
    : [lab.node(1), lab.node(2), lab.node(3)];
  const see: LabBed['see'] = (id) => rest.call('GET', api.instance(id), Instance);
  return {
    ...cluster,
    ...{ kind, one, two, three, see, readRaw: isXen ? readDomain(() => [one, two]) : readQemu },
    nodeId: async (name) => (await cluster.node(name)).id,
    create: (wish) =>
      cluster.create({ hypervisor: kind, os: usualOs[kind], disks: [{ sizeMiB: 128 }], ...wish }),
    async remove(id) {
      await cluster.order('DELETE', api.instance(id), { confirmName: (await see(id)).name });
    },
  };
}

/** Milliseconds from when it was accepted to its end. */
export const tookMs = ({ createdAt, endedAt }: Job): number =>
  Date.parse(endedAt ?? '') - Date.parse(createdAt);
