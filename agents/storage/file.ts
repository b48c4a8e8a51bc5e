// Disks as files of the node's file system, their whole size really reserved: `<folder>/<instance id>/<disk id>.raw`.
// Invariant: a file with that name is a complete disk, also after a power cut; unfinished ones end in `.part`.
import { readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { formatMiB } from '@/contract/units';
import { makeFolder, syncFolder } from '../durable-file';
import { createKeyedLocks } from '../keyed-locks';
import { ifMissing } from '../missing-file';
import { reserveFile } from '../tools/fallocate/reserve';
import type { DiskRef, Report, Storage } from './block-device';

const bytesPerMiB = 1024 * 1024;
/** What disks never take, so that logs and definitions can still be written on a full node. */
const reserveMiB = { most: 512, share: 0.05 };

type Space = { bsize: number; blocks: number; bavail: number };
export type FileStorageOptions = { folder: string; readSpace?: (path: string) => Promise<Space> };

export function createFileStorage({ folder, readSpace = statfs }: FileStorageOptions): Storage {
  const folderOf = ({ instanceId }: DiskRef) => join(folder, instanceId);
  const pathOf = (disk: DiskRef) => join(folderOf(disk), `${disk.diskId}.raw`);
  const partOf = (disk: DiskRef) => `${pathOf(disk)}.part`;
  // One after another: two that are checked at once could both be promised the last free space.
  const turns = createKeyedLocks();

  const capacity = async () => {
    await makeFolder(folder);
    const { bsize, blocks, bavail } = await readSpace(folder);
    const totalMiB = Math.floor((blocks * bsize) / bytesPerMiB);
    const heldBackMiB = Math.ceil(Math.min(reserveMiB.most, totalMiB * reserveMiB.share));
    const freeMiB = Math.max(0, Math.floor((bavail * bsize) / bytesPerMiB) - heldBackMiB);
    return { path: folder, totalMiB, freeMiB };
  };

  const refuseUnlessFits = async (disk: DiskRef & { sizeMiB: number }) => {
    const { freeMiB } = await capacity();
    if (disk.sizeMiB > freeMiB) throw noSpace({ ...disk, freeMiB });
  };

  const create = async (disk: DiskRef & { sizeMiB: number }, report: Report) => {
    const existing = await sizeMiBOf(pathOf(disk));
    if (existing === disk.sizeMiB) return syncFolder(folderOf(disk));
    if (existing !== null) throw otherSize(disk, existing);
    await discard(partOf(disk));
    await refuseUnlessFits(disk);
    report.log(`Reserving ${formatMiB(disk.sizeMiB)} in ${folder}`);
    await makeFolder(folderOf(disk));
    try {
      await reserveFile({ path: partOf(disk), bytes: disk.sizeMiB * bytesPerMiB, ...report });
      await rename(partOf(disk), pathOf(disk));
      await syncFolder(folderOf(disk));
    } catch (error) {
      await discard(partOf(disk));
      if (!(error instanceof AppError) || error.code !== 'no_resources') throw error;
      throw noSpace({ ...disk, freeMiB: (await capacity()).freeMiB, cause: error });
    }
    report.progress(1);
  };

  const discard = async (path: string) => {
    await rm(path, { force: true });
    // Fails while other disks are in it, and where it is gone already.
    await rmdir(join(path, '..')).catch(() => {});
  };

  return {
    template: 'file',
    create: (disk, report) => turns.run('create', () => create(disk, report), report.signal),
    async assemble(disk) {
      const path = pathOf(disk);
      if ((await sizeMiBOf(path)) !== null) return { path };
      throw new AppError('not_found', `Cannot use disk ${disk.diskId}: ${path} does not exist`);
    },
    async shutdown() {},
    async remove(disk) {
      await discard(partOf(disk));
      await discard(pathOf(disk));
    },
    async list() {
      const instances = await readIds(folder, '');
      const disks = instances.map(async (instanceId) =>
        (await readIds(join(folder, instanceId), '.raw')).map((diskId) => ({ instanceId, diskId })),
      );
      const refs = (await Promise.all(disks)).flat();
      const sized = refs.map(async (ref) => ({ ...ref, sizeMiB: (await sizeMiBOf(pathOf(ref))) ?? 0 }));
      return Promise.all(sized);
    },
    capacity,
  };
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

function noSpace(disk: DiskRef & { sizeMiB: number; freeMiB: number; cause?: unknown }): AppError {
  const { diskId, sizeMiB, freeMiB, cause } = disk;
  const message = `Cannot create disk ${diskId}: it needs ${formatMiB(sizeMiB)}, the node has ${formatMiB(freeMiB)} left for disks`;
  return new AppError('no_resources', message, { cause, details: { sizeMiB, freeMiB } });
}

function otherSize(disk: DiskRef & { sizeMiB: number }, existingMiB: number): AppError {
  const sizes = `it exists with ${formatMiB(existingMiB)} instead of ${formatMiB(disk.sizeMiB)}`;
  return new AppError('already_exists', `Cannot create disk ${disk.diskId}: ${sizes}`, {
    details: { sizeMiB: disk.sizeMiB, existingMiB },
  });
}
