// The agent's call table: the whole protocol between control plane and node agents.
// Every call is idempotent: repeating it, also after a crash half-way, ends in the same state. Calls on one instance run one after another.
import { z } from 'zod';
import { diskCalls } from './agent-disk-calls';
import { imageCalls, SavedImage } from './agent-image-calls';
import { liveCalls } from './agent-live-calls';
import { nodeCalls } from './agent-node-calls';
import { HookEnv, HookName, HookPhase, HookResult } from './hooks';
import { BridgeName, DiskName, Id, InstanceName, MacAddress } from './names';
import { ObservedInstance } from './observed-instance';
import { Timestamp } from './schemas/common';
import { DiskMode, DiskSpec, DiskTemplate, MirrorStatus } from './schemas/disk';
import { defaultHvParams, KeptHvParams, StartOverrides } from './schemas/hv-params';
import { HypervisorKind } from './hypervisor-kind';
import { NicMode, OsChoice } from './schemas/instance';
import { AcceleratorSetting, NodeFacts, sayLimits } from './schemas/node';
import { Seed } from './schemas/seed';
import { DiskMiB, MemoryMiB, Vcpus } from './units';

export { ObservedInstance };

/** How long the control plane waits for an answer, in ms. */
export const answerMs = {
  quick: 30_000,
  /** Of some tools, one after another: each has an end of its own, and says more than that nobody answered. */
  short: 300_000,
  long: 3_900_000,
  /** Of whole disks; it tells how far it is, so that who waits notices when it does not go on. */
  copy: 7 * 86_400_000,
} as const;
export type TimeoutClass = keyof typeof answerMs;

/**
 * How long the control plane keeps trying to reach an agent that does not answer at all, where who asks does not say otherwise: it outlasts that
 * the agent is started anew, which takes more than a minute on a slow node that is hard at work.
 */
export const patienceMs = 120_000;

/**
 * All that an agent needs to know of an instance; it keeps a copy beside the instance's disks. `hvParams` are resolved. While it runs, its
 * memory may lie between `minMemoryMiB` (absent: it never shrinks) and `memoryMiB`.
 */
export const InstanceDefinition = z.object({
  id: Id,
  name: InstanceName,
  hypervisor: HypervisorKind,
  os: OsChoice,
  vcpus: Vcpus,
  memoryMiB: MemoryMiB,
  minMemoryMiB: MemoryMiB.optional(),
  hvParams: KeptHvParams.default(defaultHvParams),
  /** Absent or null: cloud-init is told nothing. */
  seed: Seed.nullish(),
  diskTemplate: DiskTemplate,
  disks: z
    .array(
      z.object({
        id: Id,
        index: z.number().int().min(0),
        sizeMiB: DiskMiB,
        spec: DiskSpec,
        name: DiskName.nullish(),
        /** Absent: `rw`. */
        mode: DiskMode.optional(),
      }),
    )
    .max(sayLimits.listed),
  nics: z
    .array(
      z.object({
        id: Id,
        index: z.number().int().min(0),
        mode: NicMode,
        link: BridgeName.nullable(),
        mac: MacAddress,
      }),
    )
    .max(sayLimits.listed),
});
export type InstanceDefinition = z.infer<typeof InstanceDefinition>;

/** What OS scripts ask about an instance besides its definition: names of nodes, and since when it is as it is. */
export const InstanceAbout = z.object({
  primaryNode: z.string().max(sayLimits.name),
  secondaryNodes: z.array(z.string().max(sayLimits.name)).max(10),
  createdAt: Timestamp,
  changedAt: Timestamp,
});
export type InstanceAbout = z.infer<typeof InstanceAbout>;

/**
 * What `observe.watch` streams: first one `snapshot` (all instances; what is not in it is absent), then changes as they happen, `mirrors` (soon
 * after the snapshot all that definitions on the node name, later those that changed), `facts` when they changed noticeably, and a `beat` every
 * `observeBeatMs`, also while the facts of the snapshot are being read.
 */
export const Observation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('snapshot'),
    at: Timestamp,
    facts: NodeFacts,
    instances: z.array(ObservedInstance).max(sayLimits.listed),
  }),
  z.object({ kind: z.literal('instance'), at: Timestamp, instance: ObservedInstance }),
  z.object({ kind: z.literal('gone'), at: Timestamp, instanceId: Id }),
  z.object({
    kind: z.literal('mirrors'),
    at: Timestamp,
    mirrors: z.array(MirrorStatus).max(sayLimits.listed),
  }),
  z.object({ kind: z.literal('facts'), at: Timestamp, facts: NodeFacts }),
  z.object({ kind: z.literal('beat'), at: Timestamp }),
]);
export type Observation = z.infer<typeof Observation>;
export const observeBeatMs = 2_000;

/** A line of a call that streams: `log` for people, `progress` 0 to 1, one `result` at the end. */
export type StreamItem<R> =
  | { kind: 'log'; level: 'info' | 'warn'; message: string }
  | { kind: 'progress'; done: number }
  | { kind: 'result'; result: R };

const none = z.object({});
const onInstance = z.object({ instanceId: Id });

/**
 * `stream: true` calls yield StreamItems (log, progress, then the result); the others answer once.
 * `observe.watch` is the one endless stream, of Observations.
 */
export const agentCalls = {
  'node.facts': {
    says: 'What the node is and has; its checks as they were found last, unless it is to look again',
    params: z.object({ checkAgain: z.boolean().optional() }),
    result: NodeFacts,
    timeout: 'quick',
  },
  'node.configure': {
    says: 'Settings that the node keeps',
    params: z.object({ accelerator: AcceleratorSetting }),
    result: NodeFacts,
    timeout: 'quick',
  },
  'node.leave': {
    says: 'Forget identity and definitions and stop being a node; refused while instances are left',
    params: none,
    result: none,
    timeout: 'short',
  },
  'certificate.request': {
    says: 'Make a new key and answer a signing request for it; the running certificate stays in use',
    params: none,
    result: z.object({ csr: z.string().max(sayLimits.words) }),
    timeout: 'quick',
  },
  'certificate.install': {
    says: 'Use the certificate that was signed for the last request, from the next connection on',
    params: z.object({ certificate: z.string() }),
    result: none,
    timeout: 'quick',
  },
  'instance.define': {
    says: 'Keep the definition; replaces an older one',
    params: z.object({ definition: InstanceDefinition }),
    result: none,
    timeout: 'quick',
  },
  'instance.forget': {
    says: 'Drop definition, run-time files, serial history and empty folders; refused while it runs or has disks',
    params: onInstance,
    result: none,
    timeout: 'quick',
  },
  'instance.list': {
    says: 'All instances the node knows or sees running',
    params: none,
    result: z.object({
      instances: z.array(ObservedInstance).max(sayLimits.listed),
      defined: z.array(InstanceDefinition).max(sayLimits.listed),
    }),
    timeout: 'quick',
  },
  'os.verify': {
    says: 'Refuse an OS that could not be installed on this node as it was chosen',
    params: z.object({ os: OsChoice }),
    result: none,
    timeout: 'short',
    stream: true,
  },
  'os.install': {
    says: "Install the definition's OS onto disk 0; with `none`, `iso` or no disk nothing is written",
    params: onInstance.extend({
      about: InstanceAbout.optional(),
      reinstall: z.boolean().optional(),
    }),
    result: none,
    timeout: 'long',
    stream: true,
  },
  'os.save': {
    says: 'Write what disk 0 holds into a file of the node, by the script `export` of its OS or as a disk image; starts over',
    params: onInstance.extend({ imageId: Id, about: InstanceAbout }),
    result: SavedImage,
    timeout: 'long',
    stream: true,
  },
  'os.rename': {
    says: 'Tell an installed guest its new name, which its definition has already, where its OS can be told',
    params: onInstance.extend({ oldName: InstanceName, about: InstanceAbout }),
    result: none,
    timeout: 'long',
    stream: true,
  },
  'hooks.run': {
    says: "Run the node's scripts of one hook; that it has some is among its facts",
    params: z.object({ name: HookName, phase: HookPhase, env: HookEnv }),
    result: z.object({ results: z.array(HookResult).max(1_000) }),
    timeout: 'long',
  },
  'instance.start': {
    says: 'Assemble disks, plug NICs, start, or start paused; `overrides` count this once. Already running is success',
    params: onInstance.extend({ paused: z.boolean().optional(), overrides: StartOverrides.optional() }),
    result: ObservedInstance,
    timeout: 'short',
  },
  'instance.stop': {
    says: 'Ask the guest (ACPI), force after the timeout or at once; release NICs and disks; not running is success',
    params: onInstance.extend({ force: z.boolean(), timeoutMs: z.number().int().min(0) }),
    result: z.object({ forced: z.boolean() }),
    timeout: 'long',
    stream: true,
  },
  'instance.reset': {
    says: 'Reset the running machine at once, like its reset button; under Xen it is built anew',
    params: onInstance,
    result: none,
    timeout: 'short',
  },
  ...diskCalls,
  ...liveCalls,
  ...nodeCalls,
  ...imageCalls,
} as const satisfies Record<string, CallRow>;

type CallRow = { says: string; params: z.ZodType; result: z.ZodType; timeout: TimeoutClass; stream?: true };

export type AgentCall = keyof typeof agentCalls;
export type AgentParams<C extends AgentCall> = z.infer<(typeof agentCalls)[C]['params']>;
export type AgentResult<C extends AgentCall> = z.infer<(typeof agentCalls)[C]['result']>;

/** tRPC path of the endless observation stream; not in the table because it has no end and no result. */
export const watchCall = 'observe.watch';

/** Consoles are no calls: `GET <path>` with `Upgrade: corral-console` on the agent's TLS port answers 101, then raw bytes both ways. */
export const agentConsolePath = (instanceId: string, kind: 'screen' | 'serial') =>
  `/console/${instanceId}/${kind}`;
export const agentConsoleUpgrade = 'corral-console';

/** Identity in certificates: DNS name checked by TLS against the node dialled, URI checked by the agent against the caller. */
export const nodeTlsName = (nodeId: string) => `${nodeId}.node.corral`;
export const controlTlsName = 'control.corral';
export const nodeUri = (nodeId: string) => `spiffe://corral/node/${nodeId}`;
export const controlUri = 'spiffe://corral/control';
