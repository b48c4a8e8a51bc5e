// Disks as files of the node's file system, their whole size really reserved: `<folder>/<instance id>/<disk id>.raw`.
// Invariant: a file with that name is a complete disk, also after a power cut; unfinished ones end in `.part`. The whole of it reads as zeros
// until it is written, wished or not.
import { readdir, rename, rm, rmdir, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import type { NodeDisk } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import { makeFolder, syncFolder } from '../durable-file';
import { createKeyedLocks } from '../keyed-locks';
import { ifMissing } from '../missing-file';
import { reserveFile } from '../tools/fallocate/reserve';
import type { DiskRef, GrowWish, Report, Storage } from './block-device';
import { createFolderSpace, type ReadSpace } from './folder-space';

const bytesPerMiB = 1024 * 1024;
export type FileStorageOptions = { folder: string; readSpace?: ReadSpace };

export const filePathOf = (folder: string, { instanceId, diskId }: DiskRef) =>
  join(folder, instanceId, `${diskId}.raw`);

export function createFileStorage({ folder, readSpace }: FileStorageOptions): Storage {
  const folderOf = ({ instanceId }: DiskRef) => join(folder, instanceId);
  const pathOf = (disk: DiskRef) => filePathOf(folder, disk);
  const partOf = (disk: DiskRef) => `${pathOf(disk)}.part`;
  // One after another: two that are checked at once could both be promised the last free space.
  const turns = createKeyedLocks();

  const space = createFolderSpace(folder, readSpace);

  const create = async (disk: NodeDisk, report: Report) => {
    const attempt = `create disk ${disk.diskId}`;
    const existing = await sizeMiBOf(pathOf(disk));
    if (existing === disk.sizeMiB) return syncFolder(folderOf(disk));
    if (existing !== null) throw otherSize(disk, existing);
    await discard(partOf(disk));
    await space.refuseUnlessFits(attempt, disk.sizeMiB);
    report.log(`Reserving ${formatMiB(disk.sizeMiB)} in ${folder}`);
    await makeFolder(folderOf(disk));
    await space.taking(attempt, disk.sizeMiB, {
      take: async () => {
        await reserveFile({ path: partOf(disk), bytes: disk.sizeMiB * bytesPerMiB, ...report });
        await rename(partOf(disk), pathOf(disk));
        await syncFolder(folderOf(disk));
      },
      undo: () => discard(partOf(disk)),
    });
    report.progress(1);
  };

  const grow = async (disk: NodeDisk, { sizeMiB, stage }: GrowWish, report: Report) => {
    const attempt = `grow disk ${disk.diskId}`;
    const path = pathOf(disk);
    const found = await stat(path).catch(ifMissing(null));
    if (!found) throw absent(attempt, path);
    const moreMiB = sizeMiB - Math.floor(found.size / bytesPerMiB);
    if (moreMiB > 0) await space.refuseUnlessFits(attempt, moreMiB);
    if (stage !== 'backing') return;
    if (moreMiB > 0) report.log(`Reserving another ${formatMiB(moreMiB)} in ${folder}`);
    await space.taking(attempt, moreMiB, {
      take: () => reserveFile({ path, keptBytes: found.size, bytes: sizeMiB * bytesPerMiB, ...report }),
      undo: () => truncate(path, found.size),
    });
    report.progress(1);
  };

  const discard = async (path: string) => {
    await rm(path, { force: true });
    // Fails while other disks are in it, and where it is gone already.
    await rmdir(join(path, '..')).catch(() => {});
  };

  return {
    template: 'file',
    create: (disk, _wish, report) => turns.run('space', () => create(disk, report), report.signal),
    async assemble(disk) {
      const path = pathOf(disk);
      if ((await sizeMiBOf(path)) !== null) return { path };
      throw absent(`use disk ${disk.diskId}`, path);
    },
    async open() {},
    async close() {},
    async shutdown() {},
    async remove(disk) {
      await discard(partOf(disk));
      await discard(pathOf(disk));
    },
    give: (disk, toInstanceId) =>
      giveFile(disk.diskId, pathOf(disk), pathOf({ ...disk, instanceId: toInstanceId })),
    grow: (disk, wish, report) => turns.run('space', () => grow(disk, wish, report), report.signal),
    async list() {
      const instances = await readIds(folder, '');
      const disks = instances.map(async (instanceId) =>
        (await readIds(join(folder, instanceId), '.raw')).map((diskId) => ({ instanceId, diskId })),
      );
      const refs = (await Promise.all(disks)).flat();
      const sized = refs.map(async (ref) => ({ ...ref, sizeMiB: (await sizeMiBOf(pathOf(ref))) ?? 0 }));
      return Promise.all(sized);
    },
    pools: async () => [await space.measure()],
  };
}

/** A rename within one file system: it is in one of the two folders, or neither was made. */
async function giveFile(diskId: string, from: string, to: string): Promise<void> {
  const [before, after] = [dirname(from), dirname(to)];
  if ((await sizeMiBOf(from)) === null) {
    if ((await sizeMiBOf(to)) !== null) return syncFolder(after);
    throw absent(`give disk ${diskId} away`, from);
  }
  await makeFolder(after);
  await rename(from, to);
  await syncFolder(after);
  // Fails while other disks are in it.
  await rmdir(before).catch(() => syncFolder(before));
}

async function sizeMiBOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(ifMissing(null));
  return found && Math.floor(found.size / bytesPerMiB);
}

/** Names `<id><ending>` in a folder, as ids; whatever else lies there is none of ours. */
async function readIds(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  const ids = names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, name.length - ending.length));
  return ids.filter((id) => Id.safeParse(id).success);
}

function absent(attempt: string, path: string): AppError {
  return new AppError('not_found', `Cannot ${attempt}: ${path} does not exist`);
}

function otherSize(disk: NodeDisk, existingMiB: number): AppError {
  const sizes = `it exists with ${formatMiB(existingMiB)} instead of ${formatMiB(disk.sizeMiB)}`;
  return new AppError('already_exists', `Cannot create disk ${disk.diskId}: ${sizes}`, {
    details: { sizeMiB: disk.sizeMiB, existingMiB },
  });
}
