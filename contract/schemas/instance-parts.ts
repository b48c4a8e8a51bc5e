// What an instance's page shows of its disks, their mirrors, and of what waits for its next start.
import { z } from 'zod';
import { Id } from '../names';
import { NodeState } from '../states';
import { Ref, Timestamp } from './common';
import { DiskMode, MirrorStatus } from './disk';
import { HvParams } from './hv-params';

export const DiskLifecycle = z.enum(['creating', 'ready', 'removing', 'moving']);

/** One node's side of a mirror, as that node last told of it. `status` null: it never has. */
export const MirrorSideView = z.object({
  node: Ref,
  nodeState: NodeState,
  /** It is the one that the instance runs on. */
  isPrimaryNode: z.boolean(),
  status: MirrorStatus.omit({ diskId: true }).nullable(),
  /** Since when it is as `status` says. */
  since: Timestamp.nullable(),
  /** When the node was last heard of: the age of what is shown. */
  seenAt: Timestamp.nullable(),
});
export type MirrorSideView = z.infer<typeof MirrorSideView>;

/** What everybody may know of a mirror. `syncDone`: 0 to 1 while it synchronises and that is known. */
export const MirrorSummary = z.object({
  state: z.enum(['mirrored', 'synchronising', 'notMirrored', 'unknown']),
  syncDone: z.number().nullable(),
});
export type MirrorSummary = z.infer<typeof MirrorSummary>;

/** `mirror` is null where its template mirrors nothing. Volume groups and sides only for those who may see nodes. */
export const InstanceDisk = z.object({
  id: Id,
  index: z.number().int(),
  sizeMiB: z.number().int(),
  name: z.string().nullable(),
  mode: DiskMode,
  lifecycle: DiskLifecycle,
  vg: z.string().nullable(),
  mirror: MirrorSummary.nullable(),
  /** The side on the primary node first. */
  sides: z.array(MirrorSideView),
});
export type InstanceDisk = z.infer<typeof InstanceDisk>;

const ParamValue = z.union([z.string(), z.number(), z.boolean()]).nullable();

/** What the running machine has differently from its configuration: it counts from the next start on. `disk`: of the disk with this index. */
export const PendingChange = z.object({
  what: z.enum(['vcpus', 'memoryMiB', 'diskMode', ...HvParams.keyof().options]),
  disk: z.number().int().optional(),
  running: ParamValue,
  wanted: ParamValue,
});
export type PendingChange = z.infer<typeof PendingChange>;
