// What a QEMU works with: it gets its files opened and its folder for sockets as its working directory, so that none of them, nor the
// folders above, need be open to the user that it runs as. See "fd sets" in qemu(1), -add-fd.
import { constants, copyFile, open, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@/contract/errors';
import type { HvParams } from '@/contract/schemas/hv-params';
import type { FdSet, QemuMachine, QemuPaths } from '../tools/qemu/args';
import { isDirect, type QemuDisk, type QemuNic } from '../tools/qemu/devices';
import type { AssembledDisk, Boot, Cd, PluggedNic, StartRequest } from './hypervisor';
import type { KvmFiles } from './kvm-files';
import type { QemuUser } from './qemu-user';

export type Handles = {
  machine: QemuMachine;
  paths: QemuPaths;
  fdSets: FdSet[];
  fds: number[];
  close(): Promise<void>;
};

/** Descriptors 0 to 2 are QEMU's standard ones. */
const firstFd = 3;
export const cdOpaque = 'cd';

export async function openHandles(request: {
  start: StartRequest;
  files: KvmFiles;
  user: QemuUser | null;
  begins: QemuMachine['begins'];
}): Promise<Handles> {
  const { start, files, user, begins } = request;
  const { definition } = start;
  const handles: FileHandle[] = [];
  const fdSets: FdSet[] = [];
  const close = async () => {
    await Promise.all(handles.map((handle) => handle.close()));
  };
  const keep = (handle: FileHandle) => handles.push(handle) + firstFd - 1;
  const inSet = (handle: FileHandle, opaque: string) => {
    const fd = keep(handle);
    fdSets.push({ fd, opaque });
    return `/dev/fdset/${fd}`;
  };
  const byName = async (path: string) =>
    `/proc/self/fd/${keep(await openForAnybody(path, { folder: files.folder, user }))}`;
  try {
    const disks: QemuDisk[] = [];
    for (const disk of start.disks) {
      const handle = await open(disk.path, diskFlags(disk, definition.hvParams));
      const path = inSet(handle, disk.id);
      disks.push({ ...disk, path, isDevice: (await handle.stat()).isBlockDevice() });
    }
    const { boot, cd } = firmwareAndCd(start);
    const paths = {
      qmpSocket: basename(files.qmpSocket),
      fdSocket: basename(files.fdSocket),
      serialSocket: basename(files.serialSocket),
      screenSocket: basename(files.screenSocket),
      serialLog: inSet(await open(files.serialLog, 'a', 0o600), 'serial'),
    };
    const machine: QemuMachine = {
      definition,
      begins,
      boot:
        boot.kind === 'firmware'
          ? boot
          : {
              ...boot,
              kernel: await byName(boot.kernel),
              initrd: boot.initrd === null ? null : await byName(boot.initrd),
            },
      cd: cd === null ? null : inSet(await open(cd.path, 'r'), cdOpaque),
      disks,
      nics: start.nics.map(qemuNicOf),
    };
    return { machine, paths, fdSets, fds: handles.map(({ fd }) => fd), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As QEMU wants it: from which device the firmware boots, and what lies in the CD drive. */
export function firmwareAndCd({ boot, cd = null }: { boot: Boot; cd?: Cd | null }) {
  if (boot.kind === 'kernel') return { boot, cd };
  if (boot.kind === 'iso')
    return {
      boot: { kind: 'firmware' as const, order: 'cdrom' as const },
      cd: { iso: basename(boot.path), path: boot.path },
    };
  return { boot: { kind: 'firmware' as const, order: boot.order ?? 'disk' }, cd };
}

/** QEMU is given its interfaces; it makes none. */
export function qemuNicOf({ index, mac, netdev }: PluggedNic): QemuNic {
  if (netdev.type !== 'bridge') return { index, mac, netdev };
  throw new AppError('internal', `NIC ${index} was not plugged for QEMU`);
}

/** How a disk is opened: past the page cache and only for reading where QEMU is told so, too. */
export function diskFlags(disk: AssembledDisk, params: HvParams): number {
  const access = disk.mode === 'ro' ? constants.O_RDONLY : constants.O_RDWR;
  return access | (isDirect(disk, params) ? constants.O_DIRECT : 0);
}

/**
 * QEMU opens kernels by name, as its own user. One that not everybody may read is copied for it; the copy has no name any more when QEMU
 * gets it, so nothing is left over.
 */
async function openForAnybody(
  path: string,
  { folder, user }: { folder: string; user: QemuUser | null },
): Promise<FileHandle> {
  const original = await open(path, 'r');
  const { mode } = await original.stat();
  if (user === null || (mode & 0o004) !== 0) return original;
  const copy = join(folder, 'kernel.copy');
  try {
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
    const handle = await open(copy, 'r');
    await handle.chown(user.uid, user.gid);
    await handle.chmod(0o400);
    return handle;
  } finally {
    await original.close();
    await rm(copy, { force: true });
  }
}
