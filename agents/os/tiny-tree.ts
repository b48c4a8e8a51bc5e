// The tiny OS's files as data, and as a folder for mke2fs. Both the initramfs and a disk are made of the same entries.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileType, type CpioEntry } from '../tools/cpio/newc';
import type { KernelModule } from './tiny-modules';
import { bootFiles, emptyFolders, systemFiles, type Script } from './tiny-scripts';

const folder = (path: string): CpioEntry => ({ path, mode: fileType.folder | 0o755, data: Buffer.alloc(0) });
const link = (path: string, target: string): CpioEntry => ({
  path,
  mode: fileType.link | 0o777,
  data: Buffer.from(target),
});
const file = (path: string, data: Buffer, mode: number): CpioEntry => ({
  path,
  mode: fileType.file | mode,
  data,
});
const scriptFile = ({ path, text, executable }: Script) =>
  file(path, Buffer.from(text), executable ? 0o755 : 0o644);

/** `applets`: what busybox can be, as paths below the root ("sbin/getty"). */
export function systemEntries(busybox: Buffer, applets: string[]): CpioEntry[] {
  const names = applets.filter((path) => path !== 'bin/busybox' && path !== 'linuxrc');
  const entries = [
    ...emptyFolders.map(folder),
    file('bin/busybox', busybox, 0o755),
    ...names.map((path) => link(path, '/bin/busybox')),
    ...systemFiles.map(scriptFile),
  ];
  return withFolders(entries);
}

/** What only the initramfs holds: modules fit the kernel that it comes with, whatever an older disk was installed from. */
export function bootEntries(modules: KernelModule[]): CpioEntry[] {
  const order = modules.map(({ name }) => `${name}\n`).join('');
  const entries = [
    ...bootFiles.map(scriptFile),
    file('modules/order', Buffer.from(order), 0o644),
    ...modules.map(({ name, data }) => file(`modules/${name}.ko`, data, 0o644)),
  ];
  return withFolders(entries);
}

/** Writes entries as real files below `root`. */
export async function writeTree(root: string, entries: CpioEntry[]): Promise<void> {
  for (const { path, mode, data } of entries) {
    const target = join(root, path);
    const kind = mode & 0o170000;
    if (kind === fileType.folder) await mkdir(target, { recursive: true });
    else await mkdir(dirname(target), { recursive: true });
    if (kind === fileType.link) await symlink(data.toString(), target);
    if (kind === fileType.file) await writeFile(target, data);
    if (kind !== fileType.link) await chmod(target, mode & 0o777);
  }
}

/** Every folder stands before what is in it, once. */
export function withFolders(entries: CpioEntry[]): CpioEntry[] {
  const known = new Map<string, CpioEntry>();
  for (const entry of entries) {
    for (const parent of parentsOf(entry.path)) if (!known.has(parent)) known.set(parent, folder(parent));
    known.set(entry.path, entry);
  }
  return [...known.values()];
}

function parentsOf(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [] : [...parentsOf(parent), parent];
}
