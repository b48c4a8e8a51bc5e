// Clusters, their capacity, and what the create form offers.
import { z } from 'zod';
import { BridgeName, ClusterName, Id } from '../names';
import { InstanceStatus, NodeState } from '../states';
import { Ref, Timestamp } from './common';
import { DiskParamsOverride, DiskTemplate } from './disk';
import { FenceHook } from './fencing';
import { ImageOffer } from './image';
import { HypervisorKind } from '../hypervisor-kind';
import { NodeGroup } from './node-group';
import { OsOffer } from './node';
import { ScriptOffer } from './os-script';
import { Mend, VerifyFinding } from './verify';
import { ClusterHvParams } from './cluster-hv-params';
import { Limits, noneAllowed, Quota, QuotaPolicy } from './quota';

/** Sizes in MiB over the nodes that are online. `allocated` is promised to instances, `used` is measured. */
export const Capacity = z.object({
  memory: z.object({ total: z.number(), allocated: z.number(), used: z.number(), largestNode: z.number() }),
  disk: z.object({ total: z.number(), allocated: z.number(), used: z.number() }),
  vcpus: z.object({ threads: z.number(), allocated: z.number() }),
});
export type Capacity = z.infer<typeof Capacity>;

export const Cluster = z.object({
  id: Id,
  name: z.string(),
  hypervisors: z.array(HypervisorKind),
  diskTemplates: z.array(DiskTemplate),
  quotaPolicy: QuotaPolicy,
  defaultQuota: Limits,
  /** What customers may plug NICs into. Operators may use every bridge and the user network. */
  bridges: z.array(z.string()),
  userNetwork: z.boolean(),
  /** What should run and does not is started again. */
  autoRestart: z.boolean(),
  /** The bridges that its nodes have; empty for those who may not see nodes. */
  nodeBridges: z.array(z.string()),
  /** What it sets differently from what Corral does by itself. */
  diskParams: DiskParamsOverride,
  hvParams: ClusterHvParams,
  wipeDisks: z.boolean(),
  userShutdown: z.boolean(),
  /** With what its nodes power each other off, and which such commands they have. */
  fenceHook: FenceHook.nullable(),
  fenceHooks: z.array(z.string()),
  /** Empty for those who may not see nodes, as the commands above. */
  groups: z.array(NodeGroup),
  nodes: z.number().int(),
  nodesOnline: z.number().int(),
  instances: z.number().int(),
  running: z.number().int(),
  capacity: Capacity,
  createdAt: Timestamp,
});
export type Cluster = z.infer<typeof Cluster>;
export const ClusterList = z.object({ items: z.array(Cluster) });

export const ClusterUpdate = z.object({
  quotaPolicy: QuotaPolicy.optional(),
  defaultQuota: Limits.optional(),
  bridges: z.array(BridgeName).max(100).optional(),
  userNetwork: z.boolean().optional(),
  autoRestart: z.boolean().optional(),
  hypervisors: z.array(HypervisorKind).min(1).optional(),
  diskTemplates: z.array(DiskTemplate).min(1).optional(),
  diskParams: DiskParamsOverride.optional(),
  hvParams: ClusterHvParams.optional(),
  /** New disks are zeroed, so that nobody reads what an earlier owner wrote. */
  wipeDisks: z.boolean().optional(),
  /** An instance that its guest powered off counts as stopped instead of as failed. */
  userShutdown: z.boolean().optional(),
  fenceHook: FenceHook.nullable().optional(),
});
export type ClusterUpdate = z.infer<typeof ClusterUpdate>;

export const ClusterCreate = z.object({
  name: ClusterName,
  hypervisors: z.array(HypervisorKind).min(1),
  diskTemplates: z.array(DiskTemplate).min(1),
  /** A limit that nobody thought of is none at all, not unlimited. */
  defaultQuota: Limits.default(noneAllowed),
});
export type ClusterCreate = z.infer<typeof ClusterCreate>;

/** The largest single disk of each template, MiB. */
const RoomByTemplate = z.partialRecord(DiskTemplate, z.number());

/** A node as the create form offers it (operators only). */
const NodeOffer = Ref.extend({
  freeMemoryMiB: z.number(),
  freeDiskMiB: RoomByTemplate,
  state: NodeState,
  drained: z.boolean(),
  scripts: z.array(ScriptOffer),
});

/** What can be created on one cluster by the one who asks. `largestMemoryMiB` and `largestDiskMiB` fit on a single node now. */
export const CreateOffer = z.object({
  cluster: Ref,
  hypervisors: z.array(HypervisorKind),
  diskTemplates: z.array(DiskTemplate),
  oses: z.array(OsOffer),
  isos: z.array(z.string()),
  /** What scripts can install on every node that is a candidate, with what these have in common of it. */
  scripts: z.array(ScriptOffer),
  /** Disk images that the one who asks may use. */
  images: z.array(ImageOffer),
  /** The networks that the one who asks may use. */
  bridges: z.array(z.string()),
  userNetwork: z.boolean(),
  largestMemoryMiB: z.number(),
  largestDiskMiB: RoomByTemplate,
  mostVcpus: z.number(),
  /** null for those who may not see nodes. */
  nodes: z.array(NodeOffer).nullable(),
  /** The asked owner's quota (query `ownerId`, default: the one who asks). */
  quota: Quota,
});
export type CreateOffer = z.infer<typeof CreateOffer>;

/** `owners`: whom the asker may create for. */
export const CreateOptions = z.object({ clusters: z.array(CreateOffer), owners: z.array(Ref) });
export type CreateOptions = z.infer<typeof CreateOptions>;
export const CreateOptionsQuery = z.object({ ownerId: Id.optional() });

export const Finding = z.object({
  severity: z.enum(['error', 'warning']),
  /** A message key under `findings`. */
  kind: z.enum([
    'nodeUnreachable',
    'nodeOfflineInUse',
    'nodeAnswersAgain',
    'nodeNeverSeen',
    'nodeClockSkew',
    'certificateExpiring',
    'osFailed',
    'instanceErrorDown',
    'instanceErrorUp',
    'instanceGivenUp',
    'mirrorsDown',
    'splitBrain',
    'instanceWrongNode',
    'instanceNodeDown',
    'jobNeedsAttention',
    'memoryLow',
    'diskLow',
    'orphanInstance',
  ]),
  target: z.object({
    kind: z.enum(['node', 'instance', 'job', 'cluster']),
    id: z.string(),
    name: z.string(),
  }),
  /** Figures for the message. */
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  mend: Mend.nullable().default(null),
});
export type Finding = z.input<typeof Finding>;

export const Overview = z.object({
  instances: z.record(InstanceStatus, z.number().int()),
  nodes: z.record(NodeState, z.number().int()),
  clusters: z.array(Cluster),
  findings: z.array(Finding),
  /** What the last verifications of all clusters found besides. */
  verified: z.array(VerifyFinding),
  unfinishedJobs: z.number().int(),
});
export type Overview = z.infer<typeof Overview>;
