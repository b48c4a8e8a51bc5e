// A node as placement sees it. Sizes in MiB; a node that never reported offers nothing and has none of anything.
import type { DiskTemplate, HypervisorKind } from '@/contract/schemas/instance';
import type { OsOffer } from '@/contract/schemas/node';
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
