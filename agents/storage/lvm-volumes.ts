// What plain disks and mirrors share: their logical volumes, made with their tags at once and each verb safe to repeat.
import { stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { Pool } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import { ifMissing } from '../missing-file';
import { volumePath, volumeText, type NewVolume, type VolumeName } from '../tools/lvm/args';
import type { Lvm } from '../tools/lvm/lvm';
import { isMadeFor, type Volume } from '../tools/lvm/report';
import { diskTag, ownerChange } from './lvm-names';
import { whileBusy } from './while-busy';

export function createLvmVolumes(lvm: Lvm) {
  const list = async (tag: string) => (await lvm.listVolumes()).filter(({ tags }) => tags.includes(tag));
  const find = async (diskId: string) => {
    const volumes = await list(diskTag({ diskId }));
    return (name: VolumeName) => volumes.find((volume) => isSame(volume, name));
  };

  /** The numbers of a lack of space; nothing where that is not what is lacking. */
  const refuseIfFull = async (vg: string, neededMiB: number, attempt: string) => {
    const group = (await lvm.listGroups()).find(({ name }) => name === vg);
    if (!group) throw new AppError('not_found', `Cannot ${attempt}: the node has no volume group ${vg}`);
    if (neededMiB <= group.freeMiB) return;
    const numbers = `it needs ${formatMiB(neededMiB)}, the volume group ${vg} has ${formatMiB(group.freeMiB)} left`;
    const details = { neededMiB, freeMiB: group.freeMiB };
    throw new AppError('no_resources', `Cannot ${attempt}: ${numbers}`, { details });
  };

  /** Tried at once, looked into only where it fails: in the usual case one program is started. */
  const create = async (volume: NewVolume, { diskId, neededMiB }: { diskId: string; neededMiB: number }) => {
    for (let stripes = volume.stripes; ; stripes -= 1) {
      try {
        await lvm.createVolume({ ...volume, stripes });
        return null;
      } catch (error) {
        const existing = (await find(diskId))(volume);
        if (existing) return sameSize(existing, volume);
        await refuseIfFull(volume.vg, neededMiB, `create the volume ${volumeText(volume)}`);
        // Fewer disks than stripes, or not enough room on each.
        if (stripes === 1) throw error;
      }
    }
  };

  return {
    /** By name, among those of one disk. */
    find,
    /** Those that carry the tag. */
    list,
    refuseIfFull,
    /** Makes a volume; answers the one that is there already, null for a new one. `already_exists` where that has another size. */
    create,
    /** `not_found` where one does not exist. */
    async activate(diskId: string, names: readonly VolumeName[]): Promise<void> {
      const active = await Promise.all(names.map((name) => isDevice(volumePath(name))));
      if (active.every(Boolean)) return;
      try {
        await lvm.activate(names, true);
      } catch (error) {
        const found = await find(diskId);
        const missing = names.filter((name) => !found(name)).map(volumeText);
        if (missing.length === 0) throw error;
        throw new AppError('not_found', `Cannot use disk ${diskId}: ${missing.join(' and ')} does not exist`);
      }
    },
    /** Also those that do not exist; `busy` while something uses one. */
    async deactivate(names: readonly VolumeName[]): Promise<void> {
      for (const name of names) {
        const path = volumePath(name);
        if (await isDevice(path))
          await whileBusy(() => lvm.activate([name], false), { paths: [path], isBusy });
      }
    },
    /** All of a disk, with its snapshots; one after the other, as LVM does it anyway. */
    async give(diskId: string, toInstanceId: string): Promise<void> {
      const all = await list(diskTag({ diskId }));
      if (all.length === 0)
        throw new AppError('not_found', `Cannot give disk ${diskId} away: it does not exist`);
      for (const { vg, lv, tags } of all) {
        const change = ownerChange(tags, toInstanceId);
        if (change) await lvm.retag([{ vg, lv }], change);
      }
    },
    /** All of a disk, with its snapshots; `busy` while something uses one, with who does of those that are named. */
    async removeAll(diskId: string, names: readonly VolumeName[]): Promise<void> {
      const remove = () => lvm.removeVolumes({ tagged: diskTag({ diskId }) });
      await whileBusy(remove, { paths: names.map(volumePath), isBusy });
    },
    async remove(names: readonly VolumeName[]): Promise<void> {
      if (names.length === 0) return;
      await whileBusy(() => lvm.removeVolumes(names), { paths: names.map(volumePath), isBusy });
    },
    rename: (name: VolumeName, lv: string) => lvm.renameVolume(name, lv),
    retag: (names: readonly VolumeName[], change: Parameters<Lvm['retag']>[1]) => lvm.retag(names, change),
    extend: (name: VolumeName, wish: { sizeMiB: number; test: boolean }) => lvm.extendVolume(name, wish),
    snapshot: (origin: VolumeName, snapshot: Parameters<Lvm['createSnapshot']>[1]) =>
      lvm.createSnapshot(origin, snapshot),
    async pools(): Promise<Pool[]> {
      return (await lvm.listGroups()).map((group) => ({ kind: 'vg', ...group }));
    },
  };
}
export type LvmVolumes = ReturnType<typeof createLvmVolumes>;

const isSame = (volume: VolumeName, name: VolumeName) => volume.vg === name.vg && volume.lv === name.lv;
const isBusy = (error: unknown) =>
  error instanceof AppError &&
  error.code === 'tool_failed' &&
  /in use|used by another|is open/i.test(error.message);

async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(ifMissing(null));
  return found?.isBlockDevice() ?? false;
}

function sameSize(existing: Volume, volume: NewVolume): Volume {
  if (isMadeFor(existing, volume)) return existing;
  const { sizeMiB: existingMiB } = existing;
  const { sizeMiB } = volume;
  const sizes = `it exists with ${formatMiB(existingMiB)} instead of ${formatMiB(sizeMiB)}`;
  throw new AppError('already_exists', `Cannot create the volume ${volumeText(volume)}: ${sizes}`, {
    details: { sizeMiB, existingMiB },
  });
}
