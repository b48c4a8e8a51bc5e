// A node as placement sees it, and how it follows from what is stored. Sizes in MiB.
import type { DiskTemplate, HypervisorKind } from '@/contract/schemas/instance';
import type { NodeFacts, OsOffer } from '@/contract/schemas/node';
import type { NodeState } from '@/contract/states';

export type NodeSnapshot = {
  id: string;
  name: string;
  state: NodeState;
  drained: boolean;
  hypervisors: HypervisorKind[];
  diskTemplates: DiskTemplate[];
  /** `freeMiB` is measured; `allocatedMiB` is promised to instances, of which `idleMiB` to such as don't run now. */
  memory: { totalMiB: number; freeMiB: number; allocatedMiB: number; idleMiB: number };
  disk: { totalMiB: number; freeMiB: number; allocatedMiB: number };
  vcpus: { threads: number; allocated: number };
  instances: number;
  oses: OsOffer[];
  isos: string[];
  bridges: string[];
};

export type PlacedInstance = {
  vcpus: number;
  memoryMiB: number;
  disksMiB: readonly number[];
  running: boolean;
};

export type StoredNode = {
  id: string;
  name: string;
  state: NodeState;
  drained: boolean;
  /** null: it never reported, so it offers nothing. */
  facts: NodeFacts | null;
  /** All that are placed there, also those that a job is just creating. */
  instances: readonly PlacedInstance[];
};

export function toNodeSnapshot({ facts, instances, ...node }: StoredNode): NodeSnapshot {
  const idle = instances.filter((instance) => !instance.running);
  return {
    ...node,
    hypervisors: facts?.hypervisors.map((hypervisor) => hypervisor.kind) ?? [],
    diskTemplates: facts?.diskTemplates ?? [],
    memory: {
      totalMiB: facts?.memory.totalMiB ?? 0,
      freeMiB: facts?.memory.freeMiB ?? 0,
      allocatedMiB: sum(instances.map((instance) => instance.memoryMiB)),
      idleMiB: sum(idle.map((instance) => instance.memoryMiB)),
    },
    disk: {
      totalMiB: facts?.storage.totalMiB ?? 0,
      freeMiB: facts?.storage.freeMiB ?? 0,
      allocatedMiB: sum(instances.flatMap((instance) => instance.disksMiB)),
    },
    vcpus: {
      threads: facts?.cpu.threads ?? 0,
      allocated: sum(instances.map((instance) => instance.vcpus)),
    },
    instances: instances.length,
    oses: facts?.oses ?? [],
    isos: facts?.isos ?? [],
    bridges: facts?.bridges ?? [],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
