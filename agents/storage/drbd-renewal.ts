// Puts new volumes in place of a mirror side's own. Until the new ones are there the old ones stay; from then on each step finds what the one
// before it has left, so that a renewal that was cut off is completed by the next one.
import { AppError } from '@/contract/errors';
import { drbdMetaMiB, type NodeDisk } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import type { Drbd } from '../tools/drbd/drbd';
import { volumePath, type VolumeName } from '../tools/lvm/args';
import type { Report } from './block-device';
import { backingOf, targetOf } from './drbd-device';
import { dataOf, kindTag, metaOf, ownerTags, specOf, unfinishedTag } from './lvm-names';
import type { LvmVolumes } from './lvm-volumes';

export type Renewal = { drbd: Drbd; volumes: LvmVolumes; disk: NodeDisk; report: Report };
type Find = Awaited<ReturnType<LvmVolumes['find']>>;

const spareOf = ({ vg, lv }: VolumeName): VolumeName => ({ vg, lv: `${lv}.spare` });

export async function renewVolumes({ drbd, volumes, disk, report }: Renewal): Promise<void> {
  const spec = specOf(disk, 'drbd');
  const [data, meta] = [dataOf(disk, spec), metaOf(disk, spec)];
  const target = targetOf(disk);
  await refuseWithoutPeer(drbd, disk);
  const found = await volumes.find(disk.diskId);
  const isRenamed = found(data)?.tags.includes(unfinishedTag) ?? false;
  const isRemoved = !found(data) && found(spareOf(data)) !== undefined && found(spareOf(meta)) !== undefined;
  if (!isRenamed && !isRemoved) await makeSpares({ volumes, disk, report, found });
  if (!isRenamed) {
    if ((await drbd.show(target))?.dataPath) await drbd.detach(target);
    await volumes.remove([data, meta].filter((name) => found(name)));
  }
  await takeSpares(volumes, disk, [data, meta]);
  await volumes.activate(disk.diskId, [data, meta]);
  await drbd.createMetadata(target, volumePath(meta));
  await volumes.retag([data], { add: [kindTag.drbd], remove: [unfinishedTag] });
  await volumes.retag([meta], { add: [kindTag.meta], remove: [unfinishedTag] });
  report.log('Attaching the new volumes, which the other side fills');
  await drbd.attach(target, backingOf(disk));
}

/** What is thrown away must be somewhere else. */
async function refuseWithoutPeer(drbd: Drbd, disk: NodeDisk): Promise<void> {
  const { connection, peerDiskState } = await drbd.readState(targetOf(disk));
  if (connection === 'connected' && peerDiskState === 'upToDate') return;
  const state = `the connection is ${connection}, the disk of its other side ${peerDiskState}`;
  throw new AppError('wrong_state', `Cannot renew this side of disk ${disk.diskId}: ${state}`);
}

type Spares = Omit<Renewal, 'drbd'> & { found: Find };

async function makeSpares({ volumes, disk, report, found }: Spares): Promise<void> {
  const spec = specOf(disk, 'drbd');
  const [data, meta] = [dataOf(disk, spec), metaOf(disk, spec)];
  await volumes.remove([data, meta].map(spareOf).filter((name) => found(name)));
  const old = found(data);
  const sizeMiB = Math.max(disk.sizeMiB, old?.sizeMiB ?? 0);
  report.log(`Making a new volume of ${formatMiB(sizeMiB)} in the volume group ${data.vg}`);
  const tags = [...ownerTags(disk), unfinishedTag];
  const neededMiB = sizeMiB + (data.vg === meta.vg ? drbdMetaMiB : 0);
  const { diskId } = disk;
  await volumes.create(
    { ...spareOf(data), sizeMiB, stripes: spec.stripes, tags, zero: false },
    { diskId, neededMiB },
  );
  try {
    await volumes.create(
      { ...spareOf(meta), sizeMiB: drbdMetaMiB, stripes: spec.metaStripes, tags, zero: true },
      { diskId, neededMiB: drbdMetaMiB },
    );
  } catch (error) {
    await volumes.remove([spareOf(data)]).catch(() => report.log('The new volume could not be removed'));
    throw error;
  }
}

async function takeSpares(volumes: LvmVolumes, { diskId }: NodeDisk, names: VolumeName[]): Promise<void> {
  const found = await volumes.find(diskId);
  for (const name of names) if (found(spareOf(name))) await volumes.rename(spareOf(name), name.lv);
}
