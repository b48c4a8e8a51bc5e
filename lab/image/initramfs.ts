// The first file system of a node: mounts the image, which all nodes share and none may write, under one in memory that takes the changes.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** In the order of loading; ext4 is in the kernel. */
export const initramfsModules = [
  ...['drivers/virtio/virtio', 'drivers/virtio/virtio_ring', 'drivers/virtio/virtio_pci_modern_dev'],
  ...['drivers/virtio/virtio_pci_legacy_dev', 'drivers/virtio/virtio_pci', 'drivers/block/virtio_blk'],
  'fs/overlayfs/overlay',
];

const names = initramfsModules.map((module) => module.split('/').at(-1));

export const initramfsInit = `#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for m in ${names.join(' ')}; do $B insmod /modules/$m.ko; done
n=0; while [ ! -b /dev/vda ] && [ $n -lt 500 ]; do $B sleep 0.02; n=$((n+1)); done
$B mount -t ext4 -o ro,noload,noatime /dev/vda /image
$B mount -t tmpfs -o mode=755,size=75% changes /changes; $B mkdir /changes/upper /changes/work
$B mount -t overlay -o lowerdir=/image,upperdir=/changes/upper,workdir=/changes/work root /new
$B mount -o move /dev /new/dev
$B umount /proc /sys
exec $B switch_root /new /lib/systemd/systemd
`;

/** Makes it of busybox and the modules of an installed tree, in the empty folder `scratch`, as `output`. */
export async function buildInitramfs(tree: string, { scratch, output }: { scratch: string; output: string }) {
  for (const name of ['bin', 'modules', 'proc', 'sys', 'dev', 'image', 'changes', 'new'])
    mkdirSync(join(scratch, name), { recursive: true });
  cpSync(join(tree, 'bin', 'busybox'), join(scratch, 'bin', 'busybox'));
  const kernel = join(tree, 'lib', 'modules', kernelVersion(tree), 'kernel');
  for (const module of initramfsModules)
    cpSync(join(kernel, `${module}.ko`), join(scratch, 'modules', `${module.split('/').at(-1)}.ko`));
  writeFileSync(join(scratch, 'init'), initramfsInit, { mode: 0o755 });
  await promisify(execFile)('/bin/sh', ['-ec', 'find . | cpio -o -H newc --quiet | gzip -1 >"$0"', output], {
    cwd: scratch,
  });
}

export function kernelVersion(tree: string): string {
  const [version] = readdirSync(join(tree, 'lib', 'modules'));
  if (version === undefined) throw new Error(`There is no kernel in ${tree}`);
  return version;
}
