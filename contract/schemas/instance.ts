// Instances: what a form sends, what the API answers, what an agent is told.
import { z } from 'zod';
import { fieldMessages } from '../field-messages';
import { HypervisorKind, isXen } from '../hypervisor-kind';
import { BridgeName, Id, InstanceName, IsoName, MacAddress } from '../names';
import { OperationName } from '../operations';
import { AdminState, InstanceStatus, JobStatus, OperState } from '../states';
import { DiskMiB, limits, MemoryMiB, Vcpus } from '../units';
import { PageQuery, pageOf, Ref, Timestamp } from './common';
import { DiskTemplate } from './disk';
import { HvParamsOverride, StartOverrides } from './hv-params';
import { InstanceDisk, PendingChange } from './instance-parts';
import { ImageChoice } from './image';
import { ScriptChoice } from './os-script';
import { Seed } from './seed';

/** What is installed: an OS the node builds, a boot from an ISO file of the node, what scripts of the node install, a disk image, or nothing. */
export const OsChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tiny') }),
  z.object({ kind: z.literal('iso'), iso: IsoName }),
  ScriptChoice,
  ImageChoice,
  z.object({ kind: z.literal('none') }),
]);
export type OsChoice = z.infer<typeof OsChoice>;

/** The scripts of a node that install it; null: it needs none. */
export function scriptOf(os: OsChoice): ScriptChoice | null {
  if (os.kind === 'script') return os;
  return (os.kind === 'image' && os.script) || null;
}

export const NicMode = z.enum(['user', 'bridged']);
export type NicMode = z.infer<typeof NicMode>;
export const NicCreate = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('user') }),
  z.object({ mode: z.literal('bridged'), link: BridgeName }),
]);
export type NicCreate = z.infer<typeof NicCreate>;

export const InstanceCreate = z
  .object({
    name: InstanceName,
    clusterId: Id,
    /** Absent: the one who asks. Another owner needs `instance.createFor`. */
    ownerId: Id.optional(),
    /** Absent: placed automatically. */
    nodeId: Id.optional(),
    /** Where mirrored disks have their other side. Absent: chosen automatically. */
    secondaryId: Id.optional(),
    hypervisor: HypervisorKind.default('kvm'),
    os: OsChoice,
    /** What cloud-init is told. */
    seed: Seed.nullish(),
    vcpus: Vcpus,
    memoryMiB: MemoryMiB,
    diskTemplate: DiskTemplate,
    disks: z.array(z.object({ sizeMiB: DiskMiB })).max(limits.disks),
    nics: z.array(NicCreate).max(limits.nics),
    start: z.boolean().default(true),
    /** An operator may exceed the owner's quota on purpose; audited. */
    exceedQuota: z.boolean().default(false),
  })
  .superRefine((value, ctx) => {
    const issue = (path: PropertyKey[], message: string) => ctx.addIssue({ code: 'custom', path, message });
    if (value.diskTemplate === 'diskless' && value.disks.length > 0)
      issue(['disks'], fieldMessages.disksOnDiskless);
    if (value.diskTemplate !== 'diskless' && value.disks.length === 0)
      issue(['disks'], fieldMessages.disksMissing);
    if (value.secondaryId && (value.diskTemplate !== 'drbd' || value.secondaryId === value.nodeId))
      issue(['secondaryId'], fieldMessages.secondaryUnfit);
    const total = value.disks.reduce((sum, disk) => sum + disk.sizeMiB, 0);
    if (total > limits.diskMiB.max) issue(['disks'], fieldMessages.disksTooLarge);
    value.nics.forEach(({ mode }, at) => {
      if (mode === 'user' && isXen(value.hypervisor)) issue(['nics', at, 'mode'], fieldMessages.xenUserNic);
    });
    if (value.os.kind === 'script' && value.disks.length === 0) issue(['disks'], fieldMessages.scriptDisk);
    if (value.os.kind === 'image' && value.disks.length === 0) issue(['disks'], fieldMessages.imageDisk);
    if (value.os.kind === 'tiny' && value.disks[0] && value.disks[0].sizeMiB < tinyMinDiskMiB)
      issue(['disks', 0, 'sizeMiB'], fieldMessages.tinyDisk);
    if (value.os.kind === 'tiny' && value.memoryMiB < tinyMinMemoryMiB)
      issue(['memoryMiB'], fieldMessages.tinyMemory);
  });
export type InstanceCreate = z.infer<typeof InstanceCreate>;
export type InstanceCreateInput = z.input<typeof InstanceCreate>;

export const tinyMinDiskMiB = 32;
export const tinyMinMemoryMiB = 96;

/** A job is held as long as its guest is waited for. */
export const longestShutdownS = 600;

/** `once` counts for this start alone. `paused`: it stands still until it is resumed. */
export const InstanceStart = z.object({
  paused: z.boolean().default(false),
  once: StartOverrides.default({}),
});
export type InstanceStart = z.infer<typeof InstanceStart>;

/** `timeoutS`: how long the guest may take to shut down before it is forced; `force` skips the asking. */
export const InstanceStop = z.object({
  force: z.boolean().default(false),
  timeoutS: z.number().int().min(1).max(longestShutdownS).default(120),
});
export type InstanceStop = z.infer<typeof InstanceStop>;

/** `hard` resets the machine at once; else the guest is asked to shut down, with `timeoutS` 0 switched off at once, then started again. */
export const InstanceReboot = z.object({
  hard: z.boolean().default(false),
  timeoutS: z.number().int().min(0).max(longestShutdownS).default(120),
});
export type InstanceReboot = z.infer<typeof InstanceReboot>;

export const InstanceRemove = z.object({
  /** Must equal the instance's name: typed by the one who removes it. */
  confirmName: z.string().max(128),
});
export type InstanceRemove = z.infer<typeof InstanceRemove>;

export const Nic = z.object({
  id: Id,
  index: z.number().int(),
  mode: NicMode,
  link: z.string().nullable(),
  mac: MacAddress,
});

/** An instance as the API answers it, in lists and alone. `node` is null for those who may not see nodes. */
export const Instance = z.object({
  id: Id,
  name: z.string(),
  cluster: Ref,
  owner: Ref.nullable(),
  node: Ref.nullable(),
  secondary: Ref.nullable(),
  /** Another node that saw it running there. */
  elsewhere: Ref.nullable(),
  hypervisor: HypervisorKind,
  os: OsChoice,
  vcpus: z.number().int(),
  memoryMiB: z.number().int(),
  /** The least that it may be left with while it runs; null: all of it. */
  minMemoryMiB: z.number().int().nullable(),
  /** What it sets for itself, and what it has from its cluster; without what only operators may set, for those who are none. */
  hvParams: HvParamsOverride,
  inheritedHvParams: HvParamsOverride,
  /** Empty while it does not run. */
  pending: z.array(PendingChange),
  diskTemplate: DiskTemplate,
  disks: z.array(InstanceDisk),
  nics: z.array(Nic),
  /** Its disks are up, mirrored ones also connected; false only during maintenance. */
  disksActive: z.boolean(),
  adminState: AdminState,
  operState: OperState,
  status: InstanceStatus,
  /** When the observed state last changed, and its last words where it ended by itself. */
  operSince: Timestamp.nullable(),
  operDetail: z.string().nullable(),
  /** When the node last reported; the age of what is shown. */
  seenAt: Timestamp.nullable(),
  /** `kvm` or `tcg` (software emulation) while it runs. */
  accelerator: z.string().nullable(),
  /** The unfinished job that holds the instance. */
  job: z.object({ id: z.number().int(), operation: OperationName, status: JobStatus }).nullable(),
  createdAt: Timestamp,
});
export type Instance = z.infer<typeof Instance>;

export const instanceSortKeys = [
  'name',
  'status',
  'owner',
  'node',
  'vcpus',
  'memoryMiB',
  'createdAt',
] as const;

export const InstanceListQuery = PageQuery.extend({
  status: InstanceStatus.optional(),
  ownerId: Id.optional(),
  clusterId: Id.optional(),
  nodeId: Id.optional(),
  sort: z.enum(instanceSortKeys).default('name'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type InstanceListQuery = z.infer<typeof InstanceListQuery>;

export const InstancePage = pageOf(Instance);
export type InstancePage = z.infer<typeof InstancePage>;

export const ConsoleKind = z.enum(['screen', 'serial']);
export type ConsoleKind = z.infer<typeof ConsoleKind>;

/** A one-time pass for a console: single use, 30 s, bound to user, session, instance and kind. Sent as a WebSocket subprotocol. */
export const ConsoleTicket = z.object({ ticket: z.string(), path: z.string(), expiresAt: Timestamp });
export type ConsoleTicket = z.infer<typeof ConsoleTicket>;
