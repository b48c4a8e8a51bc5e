// What lies on a node for disks: logical volumes of its volume groups, and files in its folder.
import { z } from 'zod';
import { Id } from '../names';
import { Timestamp } from './common';
import { Pool } from './disk';

/** A volume as its node names it. A path of a file is relative to the folder. */
export const VolumeRef = z.object({
  kind: Pool.shape.kind,
  pool: z.string().min(1).max(1_000),
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9+_.][a-zA-Z0-9+_./-]*$/)
    .refine((name) => !name.split('/').includes('..')),
});
export type VolumeRef = z.infer<typeof VolumeRef>;

/** `diskId` and `instanceId` are what it carries of ours; null where somebody else made it. `inUse`: something has it open. */
export const NodeVolume = VolumeRef.extend({
  sizeMiB: z.number().int(),
  tags: z.array(z.string().max(256)).max(100),
  diskId: Id.nullable(),
  instanceId: Id.nullable(),
  inUse: z.boolean(),
});
export type NodeVolume = z.infer<typeof NodeVolume>;
export const NodeVolumes = z.array(NodeVolume).max(100_000);

/**
 * `disk`: of a disk that is on the node; `elsewhere`: of one that by now is on other nodes; `orphan`: made by Corral for a disk that is no more;
 * `foreign`: not made by Corral.
 */
export const VolumeView = NodeVolume.extend({
  owner: z.enum(['disk', 'elsewhere', 'orphan', 'foreign']),
  instance: z.object({ id: Id, name: z.string() }).nullable(),
});
export type VolumeView = z.infer<typeof VolumeView>;

/** `seenAt`: when the node was last asked; null: never. */
export const VolumeList = z.object({ seenAt: Timestamp.nullable(), items: z.array(VolumeView) });
export type VolumeList = z.infer<typeof VolumeList>;

export const VolumeRemove = VolumeRef.extend({ confirmName: z.string() });
export type VolumeRemove = z.infer<typeof VolumeRemove>;
