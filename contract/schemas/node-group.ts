// Node groups: nodes that share settings. Mirrors stay within a group.
import { z } from 'zod';
import { ClusterName, Id } from '../names';
import { Ref } from './common';
import { DiskParamsOverride } from './disk';

export const NodeGroup = Ref.extend({
  nodes: z.array(Ref),
  /** What it sets differently from its cluster. */
  diskParams: DiskParamsOverride,
});
export type NodeGroup = z.infer<typeof NodeGroup>;

export const NodeGroupCreate = z.object({ name: ClusterName });
export type NodeGroupCreate = z.infer<typeof NodeGroupCreate>;

export const NodeGroupUpdate = z.object({
  name: ClusterName.optional(),
  diskParams: DiskParamsOverride.optional(),
});
export type NodeGroupUpdate = z.infer<typeof NodeGroupUpdate>;

/** `groupId` null: out of all groups. `splitMirrors`: also where the two sides of mirrors come to be in different groups. */
export const NodeGroupAssign = z.object({
  nodeIds: z.array(Id).min(1).max(1_000),
  groupId: Id.nullable(),
  splitMirrors: z.boolean().default(false),
});
export type NodeGroupAssign = z.infer<typeof NodeGroupAssign>;
