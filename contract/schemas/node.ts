// Nodes: facts an agent reports, what the API answers, join tokens.
import { z } from 'zod';
import { Id, IsoName, NodeName } from '../names';
import { NodeState } from '../states';
import { PageQuery, pageOf, Ref, Timestamp } from './common';
import { DiskTemplate, Pool } from './disk';
import { ForeignDomains } from './domain';
import { FencedHow } from './fencing';
import { HypervisorKind } from '../hypervisor-kind';
import { ScriptOffer } from './os-script';

/**
 * The most that a node may say of itself and of what runs on it: far more than a real one has to say, but a node in wrong hands cannot fill
 * the control plane. Characters, and items of a list.
 */
export const sayLimits = { name: 256, words: 16_000, listed: 10_000 } as const;
const Told = z.string().max(sayLimits.name);

export const AcceleratorSetting = z.enum(['auto', 'kvm', 'tcg']);
export type AcceleratorSetting = z.infer<typeof AcceleratorSetting>;

/** `used`: what new instances start with, `xen` where the node runs Xen; `reason`: why, in words ("The CPU has no vmx or svm flag."). */
export const Accelerator = z.object({
  setting: AcceleratorSetting,
  used: z.enum(['kvm', 'tcg', 'xen']),
  reason: z.string().max(sayLimits.words),
});
export type Accelerator = z.infer<typeof Accelerator>;

export const OsOffer = z.object({
  kind: z.enum(['tiny', 'image', 'none']),
  state: z.enum(['ready', 'preparing', 'failed']),
  detail: z.string().max(sayLimits.words).nullable(),
});
export type OsOffer = z.infer<typeof OsOffer>;

/** Whether tiny can be asked for: an install waits for a node that is still preparing it. */
export function offersTiny(oses: readonly OsOffer[]): boolean {
  return oses.some((os) => os.kind === 'tiny' && os.state !== 'failed');
}

/** Whether disk images can be installed. */
export function offersImages(oses: readonly OsOffer[]): boolean {
  return oses.some((os) => os.kind === 'image' && os.state !== 'failed');
}

/**
 * Something that a node needs, as its agent found it. `warn`: works, but not for everything or not as well as it might; `missing`: what the
 * node is used for does not work before it is mended. `mend`: how, for people. `version`: of the program or driver that was looked at.
 */
export const NodeCheck = z.object({
  code: Told,
  state: z.enum(['ok', 'warn', 'missing']),
  says: z.string().max(sayLimits.words),
  mend: z.string().max(sayLimits.words).nullable(),
  version: Told.optional(),
});
export type NodeCheck = z.infer<typeof NodeCheck>;

/** Where a node runs Xen: what that is, and what the node itself, its first domain, has of the memory. `missing`: why a kind cannot be used. */
export const XenFacts = z.object({
  version: Told,
  scheduler: Told,
  capabilities: z.array(Told).max(sayLimits.listed),
  totalMiB: z.number().int(),
  ownMiB: z.number().int(),
  missing: z
    .array(z.object({ kind: HypervisorKind, why: z.string().max(sayLimits.words) }))
    .max(sayLimits.listed),
});
export type XenFacts = z.infer<typeof XenFacts>;

/** What a node is and has; sizes in MiB. Where it runs Xen, `memory` is all that there is for instances. `freeMiB` of memory is what the kernel says is available. */
export const NodeFacts = z.object({
  agentVersion: Told,
  /** Absent where the agent is older. */
  checks: z.array(NodeCheck).max(sayLimits.listed).optional(),
  bootId: Told,
  hostName: Told,
  kernel: Told,
  osName: Told,
  clock: Timestamp,
  cpu: z.object({ model: Told, threads: z.number().int(), flags: z.array(Told).max(sayLimits.listed) }),
  memory: z.object({ totalMiB: z.number().int(), freeMiB: z.number().int() }),
  /** Absent where it does not run Xen. */
  xen: XenFacts.optional(),
  /** What runs on it and is no instance. Absent from older agents. */
  domains: ForeignDomains.optional(),
  pools: z.array(Pool).max(sayLimits.listed),
  accelerator: Accelerator,
  hypervisors: z.array(z.object({ kind: HypervisorKind, version: Told })).max(sayLimits.listed),
  diskTemplates: z.array(DiskTemplate).max(sayLimits.listed),
  bridges: z.array(Told).max(sayLimits.listed),
  /** Where other nodes reach this one for mirrors and migrations; null where it does not know. */
  replicationAddress: z.union([z.ipv4(), z.ipv6()]).nullable().default(null),
  oses: z.array(OsOffer).max(sayLimits.listed),
  isos: z.array(IsoName).max(sayLimits.listed),
  /** OS definitions of the node, also those that are not valid. Absent from older agents, as all that follow. */
  scripts: z.array(ScriptOffer).max(1_000).optional(),
  /** Of the node's hooks, those that have a script: `instance-start-pre`. */
  hooks: z.array(Told).max(sayLimits.listed).optional(),
  /** Commands in /etc/corral/fence.d that can power other nodes off. Absent from older agents, as the next one. */
  fenceHooks: z.array(Told).max(sayLimits.listed).optional(),
  /** Whether it takes commands and files of operators. */
  allowsCommands: z.boolean().optional(),
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
  /** Its node group. */
  group: Ref.nullable(),
  address: z.string(),
  state: NodeState,
  drained: z.boolean(),
  facts: NodeFacts.nullable(),
  memory: Use.nullable(),
  disk: Use.nullable(),
  vcpusAllocated: z.number().int(),
  instances: z.number().int(),
  running: z.number().int(),
  /** Instances that have the other side of their mirrors on it. */
  secondaries: z.number().int(),
  acceleratorSetting: AcceleratorSetting,
  certificateExpiresAt: Timestamp.nullable(),
  clockSkewMs: z.number().nullable(),
  seenAt: Timestamp.nullable(),
  /** Why it is not `online`, in words. */
  problem: z.string().nullable(),
  /** Since when it is certain that nothing runs on it, and how. */
  fencedAt: Timestamp.nullable(),
  fencedHow: FencedHow.nullable(),
  /** While it is offline: since when its agent answers again. */
  answersSince: Timestamp.nullable(),
  /** The batch of jobs that empties it, the latest one. */
  evacuationId: Id.nullable(),
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

/** `nodeId`: for the machine of this offline node after a reinstall; it comes back under its name, in its groups. */
export const JoinTokenCreate = z.object({ clusterId: Id, nodeId: Id.optional() });
export type JoinTokenCreate = z.infer<typeof JoinTokenCreate>;

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

/** What brings the agent of a node to the version of the console. */
export const AgentUpgrade = z.object({ version: z.string(), command: z.string() });
export type AgentUpgrade = z.infer<typeof AgentUpgrade>;
