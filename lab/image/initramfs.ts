// The first file system of a node: mounts the image, which all nodes share and none may write, under one in memory that takes the changes.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { collectModules, moduleName } from '@/agents/os/tiny-modules';
import type { NodeKind } from '../node-kind';

/** What they need comes with them, and what is in the kernel is left out. ext4 asks for its checksum by itself. */
export const initramfsModules = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4', 'overlay'];

export const initramfsInit = `#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
while read m; do $B insmod /modules/$m.ko; done </modules/order
n=0; while [ ! -b /dev/vda ] && [ $n -lt 500 ]; do $B sleep 0.02; n=$((n+1)); done
$B mount -t ext4 -o ro,noload,noatime /dev/vda /image
$B mount -t tmpfs -o mode=755,size=75% changes /changes; $B mkdir /changes/upper /changes/work
$B mount -t overlay -o lowerdir=/image,upperdir=/changes/upper,workdir=/changes/work root /new
$B mount -o move /dev /new/dev
$B umount /proc /sys
exec $B switch_root /new /lib/systemd/systemd
`;

type Target = { version: string; scratch: string; output: string };

/** Makes it of busybox and the modules of an installed tree, in the empty folder `scratch`, as `output`. */
export async function buildInitramfs(tree: string, { version, scratch, output }: Target): Promise<void> {
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'image', 'changes', 'new'])
    mkdirSync(join(scratch, name), { recursive: true });
  cpSync(join(tree, 'bin', 'busybox'), join(scratch, 'bin', 'busybox'));
  const folder = join(tree, 'lib', 'modules', version);
  const builtin = readFileSync(join(folder, 'modules.builtin'), 'utf8').split('\n').map(moduleName);
  const modules = await collectModules(folder, initramfsModules, builtin);
  for (const { name, data } of modules) writeFileSync(join(scratch, 'modules', `${name}.ko`), data);
  writeFileSync(join(scratch, 'modules', 'order'), modules.map(({ name }) => `${name}\n`).join(''));
  writeFileSync(join(scratch, 'init'), initramfsInit, { mode: 0o755 });
  await promisify(execFile)('/bin/sh', ['-ec', 'find . | cpio -o -H newc --quiet | gzip -1 >"$0"', output], {
    cwd: scratch,
  });
}

/** Debian's cloud kernel boots fastest, but it cannot be the first domain of Xen. */
export function kernelVersion(tree: string, kind: NodeKind): string {
  const version = readdirSync(join(tree, 'lib', 'modules')).find(
    (name) => name.endsWith('-cloud-amd64') === (kind === 'kvm'),
  );
  if (version === undefined) throw new Error(`There is no kernel for ${kind} in ${tree}`);
  return version;
}
