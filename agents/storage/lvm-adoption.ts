// Makes a logical volume of somebody else a plain disk where it lies, and gives it back. First it is tagged, then it gets its name for life; back in
// the opposite order: whatever was cut off in between is found by its tags.
import { AppError } from '@/contract/errors';
import type { AdoptedVolume, NodeDisk } from '@/contract/schemas/disk';
import { DiskMiB, formatMiB } from '@/contract/units';
import { createKeyedLocks } from '../keyed-locks';
import { volumePath, volumeText, type VolumeName } from '../tools/lvm/args';
import type { Lvm } from '../tools/lvm/lvm';
import type { Volume } from '../tools/lvm/report';
import type { Adoption } from './block-device';
import { dataOf, isOwnTag, kindTag, ownerTags, specOf } from './lvm-names';
import type { LvmVolumes } from './lvm-volumes';

export function createLvmAdoption(lvm: Lvm, volumes: LvmVolumes): Adoption {
  // Of two disks that would both adopt a volume, the second one finds it taken.
  const turns = createKeyedLocks();
  const nameOf = (disk: NodeDisk) => dataOf(disk, specOf(disk, 'plain'));

  const examine = async ({ vg, name }: AdoptedVolume, isInUse = false) => {
    const cannot = `Cannot adopt ${vg}/${name}`;
    const groups = await lvm.listGroups();
    if (!groups.some((group) => group.name === vg))
      throw new AppError('not_found', `${cannot}: the node has no volume group ${vg}`);
    const volume = (await lvm.listVolumes()).find((one) => one.vg === vg && one.lv === name);
    if (!volume) throw new AppError('not_found', `${cannot}: it does not exist`);
    const refusal = whyNotAdopted(volume, isInUse);
    if (refusal) throw new AppError('wrong_state', `${cannot}: ${refusal}`);
    return { sizeMiB: volume.sizeMiB };
  };

  return {
    examine: (volume) => examine(volume),
    locate: async (paths) => {
      const all = await lvm.listVolumes();
      return paths.map((path) => {
        const found = all.find((one) => pathsOf(one).includes(path));
        if (!found) return null;
        const { vg, lv: name, sizeMiB } = found;
        return { volume: { vg, name }, sizeMiB, refusal: whyNotAdopted(found, true) };
      });
    },
    adopt: (disk, name, heldPaths = []) => {
      const own = nameOf(disk);
      const theirs: VolumeName = { vg: own.vg, lv: name };
      return turns.run(volumeText(theirs), async () => {
        const found = await volumes.find(disk.diskId);
        if (found(own)) return;
        if (!found(theirs)) {
          const isHeld = pathsOf(theirs).some((path) => heldPaths.includes(path));
          requireSize(await examine({ vg: own.vg, name }, isHeld), disk);
          await volumes.retag([theirs], { add: [...ownerTags(disk), kindTag.plain] });
        }
        await volumes.rename(theirs, own.lv);
      });
    },
    disown: (disk, name) => {
      const own = nameOf(disk);
      const theirs: VolumeName = { vg: own.vg, lv: name };
      return turns.run(volumeText(theirs), async () => {
        const found = await volumes.find(disk.diskId);
        const volume = found(own) ?? found(theirs);
        if (!volume) return;
        if (found(own)) await volumes.rename(own, name);
        await volumes.retag([theirs], { remove: volume.tags.filter(isOwnTag) });
      });
    },
  };
}

/** As LVM makes them: below its group, and by the device mapper, which doubles what it would take for its own mark. */
function pathsOf({ vg, lv }: VolumeName): string[] {
  const mapped = [vg, lv].map((name) => name.replaceAll('-', '--')).join('-');
  return [volumePath({ vg, lv }), `/dev/mapper/${mapped}`];
}

/** Ends a refusal; null where it is an ordinary volume that nobody uses, or that may be in use. */
export function whyNotAdopted(
  { bytes, sizeMiB, tags, isOpen, attributes }: Volume,
  isInUse = false,
): string | null {
  const [type = '', permission, , , state, , , , health] = attributes;
  if (tags.some(isOwnTag)) return 'it belongs to a disk already';
  if (type !== '-') return typeWords[type] ?? 'it is a part of another volume, or more than an ordinary one';
  if (permission !== 'w') return 'it is read-only';
  if (isOpen && !isInUse) return 'something has it open';
  if ((state !== 'a' && state !== '-') || health !== '-') return 'it is not in order';
  if (bytes % (1024 * 1024) !== 0) return 'its size is no whole number of MiB';
  return DiskMiB.safeParse(sizeMiB).success ? null : `no disk may have ${formatMiB(sizeMiB)}`;
}

/** By the first letter of LVM's attributes, see lvs(8). */
const typeWords: Record<string, string> = {
  o: 'it has snapshots',
  O: 'it has snapshots',
  s: 'it is a snapshot',
  S: 'it is a snapshot',
  V: 'it is a thin volume',
  t: 'it is a thin pool',
};

function requireSize({ sizeMiB }: { sizeMiB: number }, disk: NodeDisk): void {
  if (sizeMiB === disk.sizeMiB) return;
  const sizes = `the volume has ${formatMiB(sizeMiB)}, not ${formatMiB(disk.sizeMiB)}`;
  throw new AppError('wrong_state', `Cannot adopt it as disk ${disk.diskId}: ${sizes}`);
}
