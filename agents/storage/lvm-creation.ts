// Makes the volumes of one disk, wipes its data, and finishes what an earlier run has begun. An unfinished volume says so by a tag.
import type { NodeDisk } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import { zeroRange } from '../tools/blkdiscard/zero';
import { volumePath, type NewVolume, type VolumeName } from '../tools/lvm/args';
import type { Volume } from '../tools/lvm/report';
import { readDeviceMiB } from '../tools/sys/device-size';
import type { Report } from './block-device';
import { diskTag, kindTag, ownerTags, unfinishedTag } from './lvm-names';
import type { LvmVolumes } from './lvm-volumes';

export type Creation = {
  disk: NodeDisk;
  kind: 'plain' | 'drbd';
  data: VolumeName & { stripes: number };
  meta: (VolumeName & { stripes: number; sizeMiB: number }) | null;
  wipe: boolean;
  /** Last, for a volume of metadata that is new. */
  fillMeta(meta: VolumeName): Promise<void>;
  report: Report;
};

/** `no_resources` with the numbers, leaving nothing behind. A finished data volume is kept as it is, whatever template it was made for. */
export async function createDiskVolumes(volumes: LvmVolumes, creation: Creation): Promise<void> {
  const { disk, data, meta, report } = creation;
  const made: VolumeName[] = [];
  report.log(`Making a volume of ${formatMiB(disk.sizeMiB)} in the volume group ${data.vg}`);
  try {
    const isMetaBeside = meta?.vg === data.vg;
    const neededMiB = disk.sizeMiB + (isMetaBeside ? meta.sizeMiB : 0);
    const oldData = await volumes.create(newData(creation), { diskId: disk.diskId, neededMiB });
    if (!oldData) made.push(data);
    const metaWish = meta && newMeta(creation, meta);
    const oldMeta =
      metaWish && (await volumes.create(metaWish, { diskId: disk.diskId, neededMiB: metaWish.sizeMiB }));
    if (metaWish && !oldMeta) made.push(metaWish);
    await finish(volumes, creation, { oldData, oldMeta });
  } catch (error) {
    // What lies there since an earlier run is for the next one to finish, or for the removal.
    await volumes.remove(made).catch(() => report.log('What was made could not be removed'));
    throw error;
  }
}

const newData = ({ disk, kind, data, wipe }: Creation): NewVolume => ({
  ...{ ...data, sizeMiB: disk.sizeMiB, zero: false },
  tags: [...ownerTags(disk), kindTag[kind], ...(wipe ? [unfinishedTag] : [])],
});

/** Metadata of an older mirror in the same place must never be taken for this one's. */
const newMeta = ({ disk }: Creation, meta: NonNullable<Creation['meta']>): NewVolume => ({
  ...{ ...meta, zero: true },
  tags: [...ownerTags(disk), kindTag.meta, unfinishedTag],
});

/** The whole volume, which may be larger than asked for. */
async function wipeAll(path: string, report: Report): Promise<void> {
  await zeroRange({ path, fromMiB: 0, toMiB: await readDeviceMiB(path), ...report });
}

type Old = { oldData: Volume | null; oldMeta: Volume | null };

async function finish(volumes: LvmVolumes, creation: Creation, { oldData, oldMeta }: Old): Promise<void> {
  const { disk, data, meta, kind, wipe, report } = creation;
  const isToWipe = wipe && (oldData?.tags.includes(unfinishedTag) ?? true);
  const other = kind === 'plain' ? kindTag.drbd : kindTag.plain;
  const isConverted = oldData?.tags.includes(other) ?? false;
  // What an earlier life as a mirror has left says nothing of this one.
  const isToFill = meta !== null && (isConverted || (oldMeta?.tags.includes(unfinishedTag) ?? true));
  if (oldData || oldMeta) await volumes.activate(disk.diskId, meta ? [data, meta] : [data]);
  await bothOf(
    isToWipe ? wipeAll(volumePath(data), report) : null,
    isToFill ? creation.fillMeta(meta) : null,
  );
  if (isConverted) await volumes.retag([data], { add: [kindTag[kind]], remove: [other] });
  if (isConverted && kind === 'plain') await removeMeta(volumes, disk.diskId);
  const isDataOpen = isToWipe || (oldData?.tags.includes(unfinishedTag) ?? false);
  const done = [...(isDataOpen ? [data] : []), ...(isToFill ? [meta] : [])];
  if (done.length > 0) await volumes.retag(done, { remove: [unfinishedTag] });
  report.progress(1);
}

/** The volumes are taken away after a failure, so nobody may still be at work on one. */
async function bothOf(...work: (Promise<void> | null)[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A plain disk has no metadata; where that of its mirror lay is not said any more. */
async function removeMeta(volumes: LvmVolumes, diskId: string): Promise<void> {
  const all = await volumes.list(kindTag.meta);
  const own = all.filter(({ tags }) => tags.includes(diskTag({ diskId })));
  await volumes.remove(own.map(({ vg, lv }) => ({ vg, lv })));
}
