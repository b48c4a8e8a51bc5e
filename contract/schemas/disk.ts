// Disks: their templates, how one lies on a node, and the parameters of clusters, node groups and single disks.
import { z } from 'zod';
import { Id } from '../names';
import { DiskMiB } from '../units';

export const DiskTemplate = z.enum(['diskless', 'file', 'plain', 'drbd', 'simulated']);
export type DiskTemplate = z.infer<typeof DiskTemplate>;

/** A volume group or logical volume as LVM takes it; dots alone and names of LVM's own make are none. */
export const LvmName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-zA-Z0-9+_.][a-zA-Z0-9+_.-]*$/, 'Letters, digits and + _ . - only.')
  .refine((name) => !/^(\.|\.\.|snapshot.*|pvmove.*)$|_mlog|_mimage/.test(name), 'Reserved by LVM.');

const Stripes = z.number().int().min(1).max(16);
const RateKiB = z
  .number()
  .int()
  .min(100)
  .max(4 * 1024 * 1024);

/** What DRBD is told of one device. Rates are KiB/s; `planAheadDs`, `delayTargetDs` and `pingTimeoutDs` are tenths of a second. */
export const DrbdOptions = z.object({
  protocol: z.enum(['A', 'B', 'C']),
  resyncRateKiB: RateKiB,
  /** Follows the network's load between `minRateKiB` and `maxRateKiB` instead of the fixed rate. */
  dynamicResync: z.boolean(),
  planAheadDs: z.number().int().min(1).max(300),
  fillTargetKiB: z
    .number()
    .int()
    .min(0)
    .max(1024 * 1024),
  delayTargetDs: z.number().int().min(1).max(100),
  minRateKiB: RateKiB,
  maxRateKiB: RateKiB,
  /** Which of barriers, drain and flushes of the backing disk are left out: letters b, d, f; `n` leaves out none. */
  disabledBarriers: z.enum(['n', 'b', 'd', 'f', 'df', 'bd', 'bf', 'bfd']),
  /** Leaves out flushes of the metadata device. */
  disableMetaFlush: z.boolean(),
  pingIntervalS: z.number().int().min(1).max(120),
  pingTimeoutDs: z.number().int().min(1).max(300),
});
export type DrbdOptions = z.infer<typeof DrbdOptions>;

export const PlainParams = z.object({ vg: LvmName, stripes: Stripes });
export const DrbdParams = DrbdOptions.extend({
  vg: LvmName,
  metaVg: LvmName,
  dataStripes: Stripes,
  metaStripes: Stripes,
});

/** All parameters, as a cluster has them. */
export const DiskParams = z.object({ plain: PlainParams, drbd: DrbdParams });
export type DiskParams = z.infer<typeof DiskParams>;

/** What a cluster, node group or disk sets differently; what it leaves out is inherited. */
export const DiskParamsOverride = z.object({
  plain: PlainParams.partial().optional(),
  drbd: DrbdParams.partial().optional(),
});
export type DiskParamsOverride = z.infer<typeof DiskParamsOverride>;

export const defaultVg = 'corral';

export const defaultDiskParams: DiskParams = {
  plain: { vg: defaultVg, stripes: 1 },
  drbd: {
    vg: defaultVg,
    metaVg: defaultVg,
    dataStripes: 1,
    metaStripes: 1,
    protocol: 'C',
    resyncRateKiB: 61_440,
    dynamicResync: false,
    planAheadDs: 20,
    fillTargetKiB: 0,
    delayTargetDs: 1,
    minRateKiB: 4_096,
    maxRateKiB: 61_440,
    disabledBarriers: 'n',
    disableMetaFlush: false,
    pingIntervalS: 10,
    pingTimeoutDs: 20,
  },
};

/** The later override wins: cluster, then node group, then disk. */
export function resolveDiskParams(...overrides: DiskParamsOverride[]): DiskParams {
  return overrides.reduce<DiskParams>(
    (params, override) => ({
      plain: { ...params.plain, ...override.plain },
      drbd: { ...params.drbd, ...override.drbd },
    }),
    defaultDiskParams,
  );
}

/** One side of a mirror. `drbdNodeId` is what DRBD 9 tells the two apart by. */
const MirrorEnd = z.object({
  address: z.union([z.ipv4(), z.ipv6()]),
  drbdNodeId: z.number().int().min(0).max(1),
});

/** The place of a disk in a DRBD pair, seen from one of its nodes. `minor` is that of this node. */
export const MirrorSpec = z.object({
  minor: z.number().int().min(0).max(1_048_575),
  port: z.number().int().min(1).max(65_535),
  secret: z.string().regex(/^[0-9a-f]{40}$/),
  local: MirrorEnd,
  peer: MirrorEnd,
  options: DrbdOptions,
});
export type MirrorSpec = z.infer<typeof MirrorSpec>;

/** Everything that a node has to know to make, use and remove a disk: drivers keep nothing that could contradict it. */
export const DiskSpec = z.discriminatedUnion('template', [
  z.object({ template: z.literal('file') }),
  z.object({ template: z.literal('simulated') }),
  z.object({ template: z.literal('plain'), vg: LvmName, stripes: Stripes }),
  z.object({
    template: z.literal('drbd'),
    vg: LvmName,
    stripes: Stripes,
    metaVg: LvmName,
    metaStripes: Stripes,
    mirror: MirrorSpec,
  }),
]);
export type DiskSpec = z.infer<typeof DiskSpec>;

export const DiskMode = z.enum(['rw', 'ro']);
export type DiskMode = z.infer<typeof DiskMode>;

/** One disk as an agent is told of it, in each call that works on it. */
export const NodeDisk = z.object({ instanceId: Id, diskId: Id, sizeMiB: DiskMiB, spec: DiskSpec });
export type NodeDisk = z.infer<typeof NodeDisk>;

/** A logical volume that somebody else made, by its volume group and name. */
export const AdoptedVolume = z.object({ vg: LvmName, name: LvmName });
export type AdoptedVolume = z.infer<typeof AdoptedVolume>;

/** Where disks can be made on a node: the folder of file disks, or a volume group. */
export const Pool = z.object({
  kind: z.enum(['folder', 'vg']),
  name: z.string().max(1_000),
  totalMiB: z.number().int(),
  freeMiB: z.number().int(),
});
export type Pool = z.infer<typeof Pool>;

/** Of DRBD metadata, beside each mirrored disk on both nodes. */
export const drbdMetaMiB = 128;

export const DiskRole = z.enum(['primary', 'secondary', 'unknown']);
export const DrbdDiskState = z.enum([
  'diskless',
  'attaching',
  'detaching',
  'failed',
  'negotiating',
  'inconsistent',
  'outdated',
  'unknown',
  'consistent',
  'upToDate',
]);
export type DrbdDiskState = z.infer<typeof DrbdDiskState>;

export const DrbdConnection = z.enum([
  /** The device is not configured at all. */
  'down',
  'standAlone',
  'disconnecting',
  'unconnected',
  'timeout',
  'brokenPipe',
  'networkFailure',
  'protocolError',
  'tearDown',
  'connecting',
  'connected',
]);
export type DrbdConnection = z.infer<typeof DrbdConnection>;

/** What one node sees of its side of a mirror. `outOfSyncKiB` counts what the sides differ in. */
export const MirrorStatus = z.object({
  diskId: Id,
  connection: DrbdConnection,
  role: DiskRole,
  diskState: DrbdDiskState,
  peerRole: DiskRole,
  peerDiskState: DrbdDiskState,
  /** `source` sends, `target` receives what it lacks; `verify` compares. */
  sync: z.enum(['none', 'source', 'target', 'paused', 'verify']),
  outOfSyncKiB: z.number().int(),
  /** 0 to 1, and how long it still takes; null where nothing is synchronised or DRBD does not know yet. */
  syncDone: z.number().min(0).max(1).nullable(),
  secondsLeft: z.number().int().nullable(),
  /** DRBD found changes on both sides that the other one lacks, and dropped the connection. */
  splitBrain: z.boolean(),
  /** Data generations, told only while the sides are apart; newest first: current, bitmap (since they parted), then history; 16 hex digits each. */
  generations: z.array(z.string().regex(/^[0-9A-F]{16}$/)).max(10),
});
export type MirrorStatus = z.infer<typeof MirrorStatus>;

/** What a node has of mirrors, whoever set it up; `twoPrimaries` are ids of disks. */
export const MirrorDevices = z.object({
  minors: z.array(z.number().int()).max(100_000),
  twoPrimaries: z.array(Id).max(100_000),
});
export type MirrorDevices = z.infer<typeof MirrorDevices>;

/** How the sides of a mirror are to be connected. `discardLocal`: after a split brain, this side's newer writes are thrown away. */
export const MirrorWish = z.enum(['none', 'usual', 'twoPrimaries', 'discardLocal']);
export type MirrorWish = z.infer<typeof MirrorWish>;

/** Both sides hold the same, and each write goes to both. */
export function isMirrored(status: MirrorStatus): boolean {
  return (
    status.connection === 'connected' &&
    status.diskState === 'upToDate' &&
    status.peerDiskState === 'upToDate' &&
    (status.sync === 'none' || status.sync === 'verify')
  );
}
