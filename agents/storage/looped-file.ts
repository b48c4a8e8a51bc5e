// File disks as block devices, for hypervisors that take nothing else: a loop device over the disk's file while the disk is up.
// Invariant: the devices of a disk are found by the file that they lie on, so that whatever an agent left when it ended is known again.
import { realpath } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { ifMissing } from '../missing-file';
import { createLosetup, type LoopDevice, type Losetup } from '../tools/losetup/losetup';
import type { DiskRef, Storage } from './block-device';
import { createFileStorage, filePathOf, type FileStorageOptions } from './file';
import { untilUnused, whileBusy } from './while-busy';

export function createLoopedFileStorage(
  options: FileStorageOptions,
  loops: Losetup = createLosetup(),
): Storage {
  const files = createFileStorage(options);

  /** Also those whose file was deleted under them. */
  const devicesOf = async (disk: DiskRef): Promise<LoopDevice[]> => {
    const folder = await realpath(options.folder).catch(ifMissing(options.folder));
    return (await loops.list()).filter(({ backFile }) => backFile === filePathOf(folder, disk));
  };

  const close = async (disk: DiskRef) => {
    for (const { path } of await devicesOf(disk)) await untilUnused(path);
  };

  const shutdown = async (disk: DiskRef) => {
    await close(disk);
    for (const device of await devicesOf(disk)) await detach(disk, device);
  };

  /** Users within the kernel (a mount, a guest of Xen) are not seen before: the device then stays until they close it. */
  const detach = async (disk: DiskRef, { path, backFile, isDeleted }: LoopDevice) => {
    const refuseWhileThere = async () => {
      const isThere = (await devicesOf(disk)).some((device) => device.path === path);
      if (isThere) throw new AppError('busy', `Cannot detach ${path} of disk ${disk.diskId}: it is in use`);
    };
    await loops.detach(path);
    try {
      await whileBusy(refuseWhileThere, { paths: [path], isBusy });
    } catch (error) {
      // Otherwise it would go with its last user, who may be a guest that only restarts.
      if (!isDeleted) await loops.attach(backFile);
      throw error;
    }
  };

  return {
    ...files,
    async assemble(disk) {
      const path = await loops.attach((await files.assemble(disk)).path);
      // An agent that ended while it grew the disk may have left it with its old size.
      await loops.fitToFile(path);
      return { path };
    },
    close,
    shutdown,
    async remove(disk) {
      await shutdown(disk);
      await files.remove(disk);
    },
    async grow(disk, wish, report) {
      await files.grow(disk, wish, report);
      if (wish.stage === 'check') return;
      for (const { path, isDeleted } of await devicesOf(disk)) if (!isDeleted) await loops.fitToFile(path);
    },
  };
}

const isBusy = (error: unknown) => error instanceof AppError && error.code === 'busy';
