// A node as placement sees it. Sizes in MiB; a node that never reported offers nothing and has none of anything.
import type { DiskParams, DiskTemplate } from '@/contract/schemas/disk';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import type { OsOffer } from '@/contract/schemas/node';
import type { ScriptOffer } from '@/contract/schemas/os-script';
import type { NodeState } from '@/contract/states';

/** `freeMiB` is measured; `allocatedMiB` is promised to disks. */
export type PoolSnapshot = {
  kind: 'folder' | 'vg';
  name: string;
  totalMiB: number;
  freeMiB: number;
  allocatedMiB: number;
};

export type NodeSnapshot = {
  id: string;
  name: string;
  state: NodeState;
  drained: boolean;
  /** Nodes of one group mirror to each other; null where the node is in none. */
  groupId: string | null;
  hypervisors: HypervisorKind[];
  diskTemplates: DiskTemplate[];
  /** Of its cluster and node group. */
  diskParams: DiskParams;
  /** Whether it told the address that mirrors use. */
  canMirror: boolean;
  /** `freeMiB` is measured; `allocatedMiB` is promised to instances, of which `idleMiB` to such as don't run now. */
  memory: { totalMiB: number; freeMiB: number; allocatedMiB: number; idleMiB: number };
  pools: PoolSnapshot[];
  vcpus: { threads: number; allocated: number };
  instances: number;
  oses: OsOffer[];
  isos: string[];
  scripts: ScriptOffer[];
  bridges: string[];
};
