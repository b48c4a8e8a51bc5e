// What is asked of an instance beyond starting and stopping it: where it goes, and what becomes of its disks.
import { z } from 'zod';
import { DiskName, Id } from '../names';
import { DiskMiB, limits, MemoryMiB, Vcpus } from '../units';
import { AdoptedVolume, DiskMode } from './disk';
import { HvParamsOverride } from './hv-params';
import { Ref } from './common';
import { longestShutdownS, NicCreate } from './instance';

/** Limits that this one migration has instead of its cluster's. */
export const InstanceMigrate = z.object({
  bandwidthMiBs: z.number().int().min(1).max(100_000).optional(),
  downtimeMs: z.number().int().min(1).max(60_000).optional(),
});
export type InstanceMigrate = z.infer<typeof InstanceMigrate>;

/** `ignoreConsistency`: also where the other side may lack the newest writes. `timeoutS` 0: switched off at once where it still runs. */
export const InstanceFailover = z.object({
  ignoreConsistency: z.boolean().default(false),
  timeoutS: z.number().int().min(0).max(longestShutdownS).default(120),
});
export type InstanceFailover = z.infer<typeof InstanceFailover>;

/** `nodeId`: where to; absent: chosen. `timeoutS` 0: switched off at once where it runs. */
export const InstanceMove = z.object({
  nodeId: Id.optional(),
  timeoutS: z.number().int().min(0).max(longestShutdownS).default(120),
});
export type InstanceMove = z.infer<typeof InstanceMove>;

/**
 * What was on the disks is lost. `diskIds` empty: all of them, and always so on other nodes: those given, or chosen ones where `relocate` is set.
 * `confirmName` repeats the instance's name.
 */
export const InstanceRecreateDisks = z.object({
  confirmName: z.string().max(1_000),
  diskIds: z.array(Id).max(limits.disks).default([]),
  relocate: z.boolean().default(false),
  nodeId: Id.optional(),
  secondaryId: Id.optional(),
});
export type InstanceRecreateDisks = z.infer<typeof InstanceRecreateDisks>;

export const ReplaceMode = z.enum(['primary', 'secondary', 'newSecondary', 'auto']);
export const InstanceReplaceDisks = z.object({
  mode: ReplaceMode,
  /** The new secondary node; absent: chosen. */
  nodeId: Id.optional(),
  waitForSync: z.boolean().default(true),
});
export type InstanceReplaceDisks = z.infer<typeof InstanceReplaceDisks>;

/** `keepNodeId`: whose side stays; the other one is overwritten with it. */
export const InstanceRepairMirror = z.object({ diskId: Id, keepNodeId: Id });
export type InstanceRepairMirror = z.infer<typeof InstanceRepairMirror>;

/** `to`: mirrors of plain disks, or plain disks of mirrors; the data stays where it is. */
export const InstanceConvert = z.object({
  to: z.enum(['drbd', 'plain']),
  /** The secondary node of the mirrors; absent: chosen. */
  nodeId: Id.optional(),
  waitForSync: z.boolean().default(true),
});
export type InstanceConvert = z.infer<typeof InstanceConvert>;

export const DiskAdd = z.object({ sizeMiB: DiskMiB });
export type DiskAdd = z.infer<typeof DiskAdd>;

/** A volume of the instance's node, which somebody else made: all that is on it stays. */
export const DiskAdopt = z.object({ adopt: AdoptedVolume });
export type DiskAdopt = z.infer<typeof DiskAdopt>;

/** The whole size that it is to have. */
export const DiskGrow = z.object({ newSizeMiB: DiskMiB });
export type DiskGrow = z.infer<typeof DiskGrow>;

export const DiskMove = z.object({ toInstanceId: Id });
export type DiskMove = z.infer<typeof DiskMove>;

/** Instances that a disk can be moved to, of those that one may change. */
export const DiskTargets = z.object({
  items: z.array(z.object({ id: Id, name: z.string(), owner: Ref.nullable() })),
});
export type DiskTargets = z.infer<typeof DiskTargets>;

/** What one of its disks is called and whether the guest may write to it; null takes the name away. */
export const DiskChange = z.object({
  id: Id,
  name: DiskName.nullable().optional(),
  mode: DiskMode.optional(),
});
export type DiskChange = z.infer<typeof DiskChange>;

/**
 * What is to be different; what is left out stays. `minMemoryMiB` null: all of its memory. `runtimeMemoryMiB`: what the guest has at once, between
 * the two. `hvParams` replaces all that the instance sets for itself. NICs are added and removed while it runs; the rest of what the machine is
 * made of waits for its next start, the mode of a disk too.
 */
export const InstanceModify = z.object({
  vcpus: Vcpus.optional(),
  memoryMiB: MemoryMiB.optional(),
  minMemoryMiB: MemoryMiB.nullable().optional(),
  runtimeMemoryMiB: MemoryMiB.optional(),
  hvParams: HvParamsOverride.optional(),
  addNics: z.array(NicCreate).max(limits.nics).default([]),
  removeNicIds: z.array(Id).max(limits.nics).default([]),
  disks: z.array(DiskChange).max(limits.disks).default([]),
});
export type InstanceModify = z.infer<typeof InstanceModify>;
export type InstanceModifyInput = z.input<typeof InstanceModify>;
