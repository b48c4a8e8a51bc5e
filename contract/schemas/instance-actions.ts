// What is asked of an instance beyond starting and stopping it: where it goes, and what becomes of its disks.
import { z } from 'zod';
import { Id } from '../names';
import { DiskMiB } from '../units';
import { longestShutdownS } from './instance';

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

export const ReplaceMode = z.enum(['primary', 'secondary', 'newSecondary', 'auto']);
export const InstanceReplaceDisks = z.object({
  mode: ReplaceMode,
  /** The new secondary node; absent: chosen. */
  nodeId: Id.optional(),
  waitForSync: z.boolean().default(true),
});
export type InstanceReplaceDisks = z.infer<typeof InstanceReplaceDisks>;

export const DiskAdd = z.object({ sizeMiB: DiskMiB });
export type DiskAdd = z.infer<typeof DiskAdd>;

/** The whole size that it is to have. */
export const DiskGrow = z.object({ newSizeMiB: DiskMiB });
export type DiskGrow = z.infer<typeof DiskGrow>;
