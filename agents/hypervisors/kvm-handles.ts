// What a QEMU under its own user works with: it gets its files opened and its folder for sockets as its working directory, so that none of
// them, nor the folders above, need be open to that user. See "fd sets" in qemu(1), -add-fd.
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { QemuPaths } from '../tools/qemu/args';
import type { Boot, StartRequest } from './hypervisor';
import type { KvmFiles } from './kvm-files';

export type Handles = {
  machine: StartRequest;
  paths: QemuPaths;
  fdSets: number[];
  fds: number[];
  close(): Promise<void>;
};

/** Descriptors 0 to 2 are QEMU's standard ones. */
const firstFd = 3;

export async function openHandles(start: StartRequest, files: KvmFiles): Promise<Handles> {
  const handles: FileHandle[] = [];
  const fdSets: number[] = [];
  const close = async () => {
    await Promise.all(handles.map((handle) => handle.close()));
  };
  const take = async (path: string, flags: string) => {
    handles.push(await open(path, flags, 0o600));
    return firstFd + handles.length - 1;
  };
  const inSet = async (path: string, flags: string) => {
    const fd = await take(path, flags);
    fdSets.push(fd);
    return `/dev/fdset/${fd}`;
  };
  // These are opened by name; the file itself must let everybody read it, and is nothing secret.
  const byName = async (path: string) => {
    const fd = await take(path, 'r');
    await handles.at(-1)?.chmod(0o644);
    return `/proc/self/fd/${fd}`;
  };
  const openBoot = async (boot: Boot): Promise<Boot> => {
    if (boot.kind === 'iso') return { ...boot, path: await inSet(boot.path, 'r') };
    if (boot.kind === 'firmware') return boot;
    return { ...boot, kernel: await byName(boot.kernel), initrd: await byName(boot.initrd) };
  };
  try {
    const disks = [];
    for (const disk of start.disks) disks.push({ ...disk, path: await inSet(disk.path, 'r+') });
    const machine = { ...start, disks, boot: await openBoot(start.boot) };
    const paths = {
      qmpSocket: basename(files.qmpSocket),
      serialSocket: basename(files.serialSocket),
      screenSocket: basename(files.screenSocket),
      serialLog: await inSet(files.serialLog, 'a'),
    };
    return { machine, paths, fdSets, fds: handles.map(({ fd }) => fd), close };
  } catch (error) {
    await close();
    throw error;
  }
}
