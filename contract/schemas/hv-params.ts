// Hypervisor parameters: what a machine is made of beyond CPUs, memory, disks and NICs. A cluster sets them (`cluster-hv-params.ts`), an OS and
// an instance may set some of them differently. One schema for all hypervisors; which of them knows which is in `hv-kinds.ts`. Every value reaches arguments or
// configuration files of a hypervisor, so each has a form that cannot mean anything else there.
import { z } from 'zod';
import { IsoName } from '../names';

/** A model as `qemu-system-x86_64 -cpu help` lists them; `auto` is the node's own CPU under KVM and all that emulation can under TCG. */
const CpuType = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'Not a CPU model.');

/** With its version, so that both ends of a migration build the same machine whatever their QEMU prefers. */
const Machine = z.string().regex(/^pc-i440fx-\d{1,2}\.\d{1,2}$/, 'A machine like pc-i440fx-7.2.');

const NodePath = z
  .string()
  .max(255)
  .regex(/^(?:\/[a-zA-Z0-9_+@][a-zA-Z0-9_+@.:-]*)+$/, 'An absolute path of plain characters.');

/** Where kernels that are started without a boot loader may lie on a node. */
export const kernelFolders = ['/boot', '/var/lib/corral/kernels'];
const KernelPath = NodePath.refine(
  (path) => kernelFolders.some((folder) => path.startsWith(`${folder}/`)),
  `A file below ${kernelFolders.join(' or ')}.`,
);

const ShortText = z
  .string()
  .max(1_024)
  .regex(/^[\x20-\x7e]*$/, 'Printable ASCII only.');

const Count = z.number().int().min(0).max(256);
const keymaps =
  'ar bepo cz da de de-ch en-gb en-us es et fi fo fr fr-be fr-ca fr-ch hr hu is it ja lt lv mk nl no pl pt pt-br ru sl sv th tr';

export const HvParams = z.strictObject({
  cpuType: CpuType,
  /** 0: left to QEMU. */
  cpuSockets: Count,
  cpuCores: Count,
  cpuThreads: Count,
  machine: Machine,
  diskBus: z.enum(['virtio', 'scsi', 'ide']),
  nicModel: z.enum(['virtio', 'paravirtual', 'e1000', 'rtl8139']),
  /** Mirrored disks never use the node's page cache: `default` and `writeback` are `none` for them. */
  diskCache: z.enum(['default', 'none', 'writeback', 'writethrough']),
  diskAio: z.enum(['threads', 'native', 'io_uring']),
  diskDiscard: z.enum(['ignore', 'unmap']),
  /** `auto`: as its OS boots, from disk where the OS has no wish. */
  bootOrder: z.enum(['auto', 'disk', 'cdrom', 'network']),
  /** The ISO file of the node in its CD drive; null: that of its OS, else none. */
  cdrom: IsoName.nullable(),
  /** A kernel of the node to start instead of a boot loader; the three below belong to it. */
  kernelPath: KernelPath.nullable(),
  initrdPath: KernelPath.nullable(),
  kernelArgs: ShortText,
  /** null: the kernel is told none. */
  rootPath: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9/][a-zA-Z0-9/=_.:-]*$/, 'A device like /dev/vda1 or UUID=….')
    .nullable(),
  vga: z.enum(['std', 'cirrus', 'virtio', 'none']),
  keymap: z.enum(keymaps.split(' ')).nullable(),
  serialConsole: z.boolean(),
  screen: z.boolean(),
  useLocaltime: z.boolean(),
  /** `exit`: a guest that restarts itself is shut down instead; it cannot be reset then, only stopped and started. */
  rebootBehavior: z.enum(['reboot', 'exit']),
  /** Whether a guest that powers itself off stays off; the control plane decides by it, nodes ignore it. */
  userShutdown: z.boolean(),
  vhostNet: z.boolean(),
  nicQueues: z.number().int().min(1).max(32),
  /** A hugetlbfs folder of the node that the guest's memory is taken from. */
  memPath: NodePath.nullable(),
  /** An absolute pointer, so that the mouse of a viewer and that of the guest agree. */
  usbTablet: z.boolean(),
  /** What finds the kernel of a paravirtual guest on its own disk where the node gives none: on the node, or within the guest. */
  bootloader: z.enum(['pygrub', 'pvgrub']),
  bootloaderArgs: ShortText,
  /** What Xen calls disks: `hd` and `sd` are also there for guests without its drivers, the first four of `hd`. */
  blockdevPrefix: z.enum(['xvd', 'hd', 'sd']),
  acpi: z.boolean(),
  pae: z.boolean(),
  /** Makes Windows feel at home. */
  viridian: z.boolean(),
  /** The node's CPUs that it may run on: `all`, or like `0-3,6`. */
  cpuMask: z
    .string()
    .max(128)
    .regex(/^(?:all|\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*)$/, 'all, or CPUs like 0-3,6.'),
  /** Percent of one CPU that it gets at most; 0: no limit. */
  cpuCap: z.number().int().min(0).max(100_000),
  /** Its share of the CPUs beside others that want them, too. */
  cpuWeight: z.number().int().min(1).max(65_535),
});
export type HvParams = z.infer<typeof HvParams>;
export type HvParam = keyof HvParams;

export const defaultHvParams: HvParams = {
  cpuType: 'auto',
  cpuSockets: 0,
  cpuCores: 0,
  cpuThreads: 0,
  machine: 'pc-i440fx-7.2',
  diskBus: 'virtio',
  nicModel: 'virtio',
  diskCache: 'default',
  diskAio: 'threads',
  diskDiscard: 'ignore',
  bootOrder: 'auto',
  cdrom: null,
  kernelPath: null,
  initrdPath: null,
  kernelArgs: 'ro',
  rootPath: '/dev/vda1',
  vga: 'std',
  keymap: null,
  serialConsole: true,
  screen: true,
  useLocaltime: false,
  rebootBehavior: 'reboot',
  userShutdown: true,
  vhostNet: false,
  nicQueues: 1,
  memPath: null,
  usbTablet: true,
  bootloader: 'pygrub',
  bootloaderArgs: '',
  blockdevPrefix: 'xvd',
  acpi: true,
  pae: true,
  viridian: false,
  cpuMask: 'all',
  cpuCap: 0,
  cpuWeight: 256,
};

/** Parameters that were resolved and kept, maybe before some of them existed. */
export const KeptHvParams = z.preprocess(
  (kept) => (typeof kept === 'object' && kept !== null ? { ...defaultHvParams, ...kept } : kept),
  HvParams,
);

/** What an OS or an instance sets differently; what it leaves out is inherited. */
export const HvParamsOverride = HvParams.partial();
export type HvParamsOverride = z.infer<typeof HvParamsOverride>;

/** How fast a migration may send, and for how long a guest may stand still at its end. */
export const MigrationLimits = z.strictObject({
  migrationBandwidthMiBs: z.number().int().min(1).max(100_000),
  migrationDowntimeMs: z.number().int().min(1).max(60_000),
});
export type MigrationLimits = z.infer<typeof MigrationLimits>;
export const defaultMigrationLimits: MigrationLimits = {
  migrationBandwidthMiBs: 128,
  migrationDowntimeMs: 300,
};

/** For one start only; not kept. */
export const StartOverrides = z.strictObject(
  HvParamsOverride.pick({
    bootOrder: true,
    cdrom: true,
    kernelPath: true,
    initrdPath: true,
    kernelArgs: true,
    rootPath: true,
  }).shape,
);
export type StartOverrides = z.infer<typeof StartOverrides>;

/** These count at once (`cdrom` by `instance.changeCd`); all others wait for a restart. */
export const liveHvParams: HvParam[] = ['cdrom', 'userShutdown'];
/** These name files and devices of a node, or change what it is asked to hand out: not for customers. */
export const operatorHvParams: HvParam[] = [
  'cpuType',
  'machine',
  'kernelPath',
  'initrdPath',
  'vhostNet',
  'memPath',
  'cpuMask',
  'cpuCap',
  'cpuWeight',
];

type Contradiction = { param: HvParam; words: string };

/** What contradicts itself in resolved parameters: which of them, and why in words. */
export function contradictionsIn(
  params: HvParams,
  machine: { vcpus: number; disks: number; isMirrored: boolean },
): Contradiction[] {
  const found: Contradiction[] = [];
  const add = (param: HvParam, words: string) => void found.push({ param, words });
  const topology = [params.cpuSockets, params.cpuCores, params.cpuThreads].filter((count) => count > 0);
  const product = topology.reduce((all, count) => all * count, 1);
  if (machine.vcpus % product !== 0 || (topology.length === 3 && machine.vcpus !== product))
    add('cpuSockets', `Sockets, cores and threads make ${product} CPUs, the instance has ${machine.vcpus}.`);
  // Mirrored disks never use the node's page cache.
  if (params.diskAio === 'native' && params.diskCache !== 'none' && !machine.isMirrored)
    add('diskAio', 'Native disk I/O needs the disk cache to be none.');
  if (params.diskBus === 'ide' && machine.disks > ideDisks)
    add('diskBus', `IDE has room for ${ideDisks} disks.`);
  if (params.nicQueues > 1 && params.nicModel !== 'virtio')
    add('nicQueues', 'Only virtio NICs have more than one queue.');
  if (params.initrdPath !== null && params.kernelPath === null)
    add('initrdPath', 'An initial RAM disk needs a kernel.');
  const refused = refusedByBootloader(params);
  if (refused !== null)
    add('bootloaderArgs', `pygrub takes -q, --entry=, --kernel= and --ramdisk=, not ${refused}`);
  return found;
}

/**
 * What pygrub may be told. It runs on the node, where its other options say which file it reads, which one it writes, and as whom; as it takes
 * options shortened, too, only what is known passes. A kernel that is named is one on the guest's own disk.
 */
const pygrubWord = /^(?:-q|--quiet|--entry=[\w.:+-]+|--(?:kernel|ramdisk)=\/[\w./:+-]+)$/;

/** The first word of its arguments that the boot loader must not get. GRUB in the guest may be told anything. */
export function refusedByBootloader({
  bootloader,
  bootloaderArgs,
}: Pick<HvParams, 'bootloader' | 'bootloaderArgs'>): string | null {
  if (bootloader !== 'pygrub') return null;
  return bootloaderWords(bootloaderArgs).find((word) => !pygrubWord.test(word)) ?? null;
}

/** As they reach the boot loader, each as an argument of its own. */
export const bootloaderWords = (args: string): string[] => args.split(' ').filter(Boolean);

/** Two channels of two, one of which is the CD drive. */
export const ideDisks = 3;

/** What of these differs, so that a restart is pending. */
export function needsRestart(running: HvParams, wanted: HvParams): HvParam[] {
  const keys = HvParams.keyof().options;
  return keys.filter((key) => !liveHvParams.includes(key) && running[key] !== wanted[key]);
}
