// What is judged: the database and what each agent answered, as of one moment. Sizes in MiB.
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import type { DiskTemplate, MirrorDevices, MirrorStatus } from '@/contract/schemas/disk';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import type { NodeFacts } from '@/contract/schemas/node';
import type { Mend, VerifyMeaning, VerifyTarget } from '@/contract/schemas/verify';
import type { NodeVolume } from '@/contract/schemas/volume';
import type { AdminState, Lifecycle, NodeState } from '@/contract/states';

export type Snapshot = {
  /** When the nodes were asked. */
  at: Date;
  /** Of the control plane. */
  version: string;
  cluster: {
    id: string;
    name: string;
    hypervisors: HypervisorKind[];
    diskTemplates: DiskTemplate[];
    userShutdown: boolean;
  };
  nodes: VerifiedNode[];
  /** Of the cluster, and those of others that are placed on its nodes. */
  instances: VerifiedInstance[];
  /** Where the quota ledger contradicts itself or the instances. */
  ledger: number;
  /** All that the nodes named and that exist in the database, also in other clusters. */
  known: { instanceIds: ReadonlySet<string>; diskIds: ReadonlySet<string> };
  /** Instances and nodes that jobs worked on meanwhile: what differs there is their work. */
  busyIds: ReadonlySet<string>;
};

export type VerifiedNode = {
  id: string;
  name: string;
  clusterId: string;
  group: { id: string; clusterId: string } | null;
  state: NodeState;
  problem: string | null;
  certificateExpiresAt: Date | null;
  /** The volume groups in which its disks are made, where nothing else is said. */
  usualGroups: string[];
  /** null where it was not asked, or did not answer. */
  answer: NodeAnswer | null;
};

/** A part that could not be had is null, and why is among `problems`. */
export type NodeAnswer = {
  facts: NodeFacts;
  /** Around the answer of the facts. */
  asked: { from: Date; until: Date };
  instances: ObservedInstance[] | null;
  defined: InstanceDefinition[];
  disks: { diskId: string; instanceId: string; sizeMiB: number }[] | null;
  volumes: NodeVolume[] | null;
  mirrors: MirrorStatus[] | null;
  /** Devices of mirrors that are up; null also where the agent is too old to tell. */
  devices: MirrorDevices | null;
  hooks: { script: string; said: string }[];
  problems: Partial<Record<'instances' | 'volumes' | 'mirrors' | 'hooks', string>>;
};

export type VerifiedInstance = {
  id: string;
  name: string;
  clusterId: string;
  nodeId: string | null;
  secondaryId: string | null;
  lifecycle: Lifecycle;
  adminState: AdminState;
  hypervisor: HypervisorKind;
  diskTemplate: DiskTemplate;
  disksActive: boolean;
  /** The least that it can run with. */
  memoryMiB: number;
  disks: VerifiedDisk[];
  /** The bridges that its NICs are plugged into. */
  bridges: string[];
};

export type VerifiedDisk = {
  id: string;
  index: number;
  sizeMiB: number;
  /** Neither being added nor taken away. */
  isReady: boolean;
  vg: string | null;
  metaVg: string | null;
  stripes: number;
  sides: { nodeId: string; minor: number; end: number }[] | null;
};

/** What a check answers; code and severity follow from the meaning. */
export type Found = {
  meaning: VerifyMeaning;
  target: VerifyTarget;
  subject?: string;
  values?: Record<string, string | number>;
  mend?: Mend | null;
};

export type Check = (snapshot: Snapshot) => Found[];
