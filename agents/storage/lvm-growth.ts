// How a logical volume grows: asked first, extended, and what it got wiped before anybody may use it. That it is still to be wiped stands in a
// tag, so that a growth that was cut off is completed by the next one.
import { AppError } from '@/contract/errors';
import { zeroRange } from '../tools/blkdiscard/zero';
import { volumePath, volumeText, type VolumeName } from '../tools/lvm/args';
import type { Volume } from '../tools/lvm/report';
import { readDeviceMiB } from '../tools/sys/device-size';
import type { GrowWish, Report } from './block-device';
import { wipeFromOf, wipeFromTag } from './lvm-names';
import type { LvmVolumes } from './lvm-volumes';

export type Growth = { diskId: string; name: VolumeName; wish: GrowWish; report: Report };

/** The stages `check` and `backing`; `not_found` where there is no such volume. */
export async function growVolume(volumes: LvmVolumes, growth: Growth): Promise<void> {
  const { diskId, name, wish } = growth;
  const volume = (await volumes.find(diskId))(name);
  if (!volume)
    throw new AppError('not_found', `Cannot grow disk ${diskId}: ${volumeText(name)} does not exist`);
  if (wish.stage === 'check') return extend(volumes, { name, volume, sizeMiB: wish.sizeMiB, test: true });
  const openFrom = wipeFromOf(volume);
  const fromMiB = openFrom ?? (wish.wipe ? volume.sizeMiB : null);
  const isLarger = wish.sizeMiB > volume.sizeMiB;
  if (isLarger) {
    if (fromMiB !== null && openFrom === null) await volumes.retag([name], { add: [wipeFromTag(fromMiB)] });
    await extend(volumes, { name, volume, sizeMiB: wish.sizeMiB, test: false });
  }
  if (fromMiB !== null && (isLarger || openFrom !== null)) await wipeFrom(volumes, growth, fromMiB);
}

type Extension = { name: VolumeName; volume: Volume; sizeMiB: number; test: boolean };

async function extend(volumes: LvmVolumes, { name, volume, sizeMiB, test }: Extension): Promise<void> {
  const lackingMiB = sizeMiB - volume.sizeMiB;
  if (lackingMiB <= 0) return;
  try {
    await volumes.extend(name, { sizeMiB, test });
  } catch (error) {
    await volumes.refuseIfFull(name.vg, lackingMiB, `grow the volume ${volumeText(name)}`);
    throw error;
  }
}

async function wipeFrom(
  volumes: LvmVolumes,
  { diskId, name, report }: Growth,
  fromMiB: number,
): Promise<void> {
  await volumes.activate(diskId, [name]);
  const path = volumePath(name);
  await zeroRange({ path, fromMiB, toMiB: await readDeviceMiB(path), ...report });
  await volumes.retag([name], { remove: [wipeFromTag(fromMiB)] });
}
