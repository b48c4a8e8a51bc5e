// How a disk is found again among the node's logical volumes: by names for those who know it, by tags for those who only look. A mirror's data
// volume is named like a plain disk's, so that the one can become the other where it lies.
import { Id } from '@/contract/names';
import type { NodeDisk } from '@/contract/schemas/disk';
import { AppError } from '@/contract/errors';
import type { VolumeName } from '../tools/lvm/args';
import type { Volume } from '../tools/lvm/report';
import type { DiskRef } from './block-device';

type SpecOf<T extends NodeDisk['spec']['template']> = Extract<NodeDisk['spec'], { template: T }>;
export type LvmSpec = SpecOf<'plain'> | SpecOf<'drbd'>;
export type DrbdSpec = SpecOf<'drbd'>;

export function specOf<T extends 'plain' | 'drbd'>(disk: NodeDisk, template: T): SpecOf<T> {
  const { spec } = disk;
  const isMine = (other: NodeDisk['spec']): other is SpecOf<T> => other.template === template;
  if (isMine(spec)) return spec;
  throw new AppError('invalid', `Disk ${disk.diskId} is no ${template} disk`);
}

export const volumeNameOf = (diskId: string): string => `disk-${diskId}`;
export const dataOf = ({ diskId }: NodeDisk, { vg }: LvmSpec): VolumeName => ({
  vg,
  lv: volumeNameOf(diskId),
});
export const metaOf = ({ diskId }: NodeDisk, { metaVg }: DrbdSpec): VolumeName => ({
  vg: metaVg,
  lv: `${volumeNameOf(diskId)}.meta`,
});

export const kindTag = { plain: 'corral.plain', drbd: 'corral.drbd', meta: 'corral.meta' } as const;
/** Made, but not yet what it shall be: to be wiped, or without metadata. */
export const unfinishedTag = 'corral.new';
export const diskTag = ({ diskId }: { diskId: string }): string => `${diskTagPrefix}${diskId}`;
export const ownerTags = (disk: NodeDisk): string[] => [
  diskTag(disk),
  `${instanceTagPrefix}${disk.instanceId}`,
];

/** What is to change so that a volume with these tags belongs to an instance; null where it does, and to no other one. */
export function ownerChange(
  tags: readonly string[],
  instanceId: string,
): { add: string[]; remove: string[] } | null {
  const own = `${instanceTagPrefix}${instanceId}`;
  const remove = tags.filter((tag) => tag.startsWith(instanceTagPrefix) && tag !== own);
  const add = tags.includes(own) ? [] : [own];
  return add.length + remove.length > 0 ? { add, remove } : null;
}

/** Beyond this size a volume has been extended and is still to be wiped. */
export const wipeFromTag = (fromMiB: number): string => `${wipeTagPrefix}${fromMiB}`;
export function wipeFromOf({ tags }: Volume): number | null {
  const [from] = afterPrefix(tags, wipeTagPrefix);
  return from === undefined ? null : Number(from);
}

/** What the tags of a volume say it belongs to; none where they are not ours. */
export function refOf(volume: Volume): (DiskRef & { sizeMiB: number })[] {
  const ids = [instanceTagPrefix, diskTagPrefix].flatMap((prefix) => afterPrefix(volume.tags, prefix));
  const [instanceId, diskId] = ids.filter((id) => Id.safeParse(id).success);
  return instanceId && diskId ? [{ instanceId, diskId, sizeMiB: volume.sizeMiB }] : [];
}

/** Given by this program, whatever for. */
export const isOwnTag = (tag: string): boolean => tag.startsWith('corral.');

const diskTagPrefix = 'corral.disk=';
const instanceTagPrefix = 'corral.instance=';
const wipeTagPrefix = 'corral.wipe=';
const afterPrefix = (tags: readonly string[], prefix: string) =>
  tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
