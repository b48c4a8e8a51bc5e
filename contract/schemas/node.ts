// Nodes: facts an agent reports, what the API answers, join tokens.
import { z } from 'zod';
import { Id, IsoName, NodeName } from '../names';
import { NodeState } from '../states';
import { PageQuery, pageOf, Ref, Timestamp } from './common';
import { DiskTemplate, HypervisorKind } from './instance';

export const AcceleratorSetting = z.enum(['auto', 'kvm', 'tcg']);
export type AcceleratorSetting = z.infer<typeof AcceleratorSetting>;

/** `used`: what new instances start with; `reason`: why, in words ("The CPU has no vmx or svm flag."). */
export const Accelerator = z.object({
  setting: AcceleratorSetting,
  used: z.enum(['kvm', 'tcg']),
  reason: z.string(),
});
export type Accelerator = z.infer<typeof Accelerator>;

export const OsOffer = z.object({
  kind: z.enum(['tiny', 'none']),
  state: z.enum(['ready', 'preparing', 'failed']),
  detail: z.string().nullable(),
});
export type OsOffer = z.infer<typeof OsOffer>;

/** Whether tiny can be asked for: an install waits for a node that is still preparing it. */
export function offersTiny(oses: readonly OsOffer[]): boolean {
  return oses.some((os) => os.kind === 'tiny' && os.state !== 'failed');
}

/** What a node is and has; sizes in MiB. `freeMiB` of memory is what the kernel says is available. */
export const NodeFacts = z.object({
  agentVersion: z.string(),
  bootId: z.string(),
  hostName: z.string(),
  kernel: z.string(),
  osName: z.string(),
  clock: Timestamp,
  cpu: z.object({ model: z.string(), threads: z.number().int(), flags: z.array(z.string()) }),
  memory: z.object({ totalMiB: z.number().int(), freeMiB: z.number().int() }),
  /** The file storage folder's file system. */
  storage: z.object({ path: z.string(), totalMiB: z.number().int(), freeMiB: z.number().int() }),
  accelerator: Accelerator,
  hypervisors: z.array(z.object({ kind: HypervisorKind, version: z.string() })),
  diskTemplates: z.array(DiskTemplate),
  bridges: z.array(z.string()),
  oses: z.array(OsOffer),
  isos: z.array(IsoName),
});
export type NodeFacts = z.infer<typeof NodeFacts>;

const Use = z.object({
  totalMiB: z.number().int(),
  usedMiB: z.number().int(),
  allocatedMiB: z.number().int(),
});

/** A node as the API answers it. `allocatedMiB` is promised to instances, `usedMiB` is what the node measures. */
export const Node = z.object({
  id: Id,
  name: z.string(),
  cluster: Ref,
  address: z.string(),
  state: NodeState,
  drained: z.boolean(),
  facts: NodeFacts.nullable(),
  memory: Use.nullable(),
  disk: Use.nullable(),
  vcpusAllocated: z.number().int(),
  instances: z.number().int(),
  running: z.number().int(),
  acceleratorSetting: AcceleratorSetting,
  certificateExpiresAt: Timestamp.nullable(),
  clockSkewMs: z.number().nullable(),
  seenAt: Timestamp.nullable(),
  /** Why it is not `online`, in words. */
  problem: z.string().nullable(),
  createdAt: Timestamp,
});
export type Node = z.infer<typeof Node>;

export const NodeListQuery = PageQuery.extend({ clusterId: Id.optional(), state: NodeState.optional() });
export type NodeListQuery = z.infer<typeof NodeListQuery>;
export const NodePage = pageOf(Node);
export type NodePage = z.infer<typeof NodePage>;

export const NodeUpdate = z.object({
  drained: z.boolean().optional(),
  acceleratorSetting: AcceleratorSetting.optional(),
});
export type NodeUpdate = z.infer<typeof NodeUpdate>;

export const JoinTokenCreate = z.object({ clusterId: Id });

/** Shown once: `token` is not stored; `command` is what to run on the node. */
export const JoinToken = z.object({ token: z.string(), command: z.string(), expiresAt: Timestamp });
export type JoinToken = z.infer<typeof JoinToken>;

/**
 * What an agent sends to join. The token's secret does not travel: `mac` = HMAC-SHA256(key, tokenId \n name \n address \n csr), hex, where
 * key = SHA-256(secret). So a listener on a plain connection learns nothing it could enrol with.
 */
export const AgentJoin = z.object({
  tokenId: z.string().max(64),
  name: NodeName,
  /** host:port where the control plane reaches the agent. */
  address: z
    .string()
    .max(260)
    .regex(/^[a-zA-Z0-9.\-[\]:]+:\d{1,5}$/, 'Not host:port.'),
  csr: z.string().max(8192),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AgentJoin = z.infer<typeof AgentJoin>;

/** The agent checks `ca` against the fingerprint inside its token before it trusts any of this. PEM. */
export const AgentJoined = z.object({
  nodeId: Id,
  certificate: z.string(),
  ca: z.string(),
  jobId: z.number().int(),
});
export type AgentJoined = z.infer<typeof AgentJoined>;
