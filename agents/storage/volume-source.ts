// What lies on a node for disks, whoever made it: what storage drivers know and what they do not.
import type { NodeVolume, VolumeRef } from '@/contract/schemas/volume';

export type VolumeSource = {
  list(): Promise<NodeVolume[]>;
  /** Whether a volume of this name would be its own. */
  has(ref: VolumeRef): boolean;
  /** Absent is success; throws `busy` where something has it open. */
  remove(ref: VolumeRef): Promise<void>;
};
