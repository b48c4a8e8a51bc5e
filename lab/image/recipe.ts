// What the nodes of the lab consist of. The image is cached under a hash of all this.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { recipe as tinyRecipe } from '@/agents/os/tiny-build';
import { initramfsInit, initramfsModules } from './initramfs';
import { sourceLine } from './package-source';
import { treeFiles, treeLinks } from './tree-files';

export const suite = 'bookworm';
export const mirror = process.env.CORRAL_LAB_MIRROR || 'http://deb.debian.org/debian';

/** What a node of a cluster has, what the agent calls, and what the lab itself needs. */
export const packages = [
  ...['systemd-sysv', 'udev', 'kmod', 'procps', 'iproute2', 'linux-image-cloud-amd64', 'initramfs-tools'],
  ...['lvm2', 'dmsetup', 'drbd-utils', 'qemu-system-x86', 'qemu-utils', 'openssh-server'],
  ...['e2fsprogs', 'fdisk', 'kpartx', 'dump', 'cpio', 'genisoimage', 'busybox-static'],
  ...['debootstrap', 'ganeti-instance-debootstrap', 'ca-certificates', 'curl', 'socat', 'iputils-ping'],
  // Their own kernel as Xen's first domain, and what serves domains that have a screen or no drivers of Xen's.
  ...['xen-system-amd64', 'linux-image-amd64', 'qemu-system-xen', 'grub-xen-host'],
  // For the Node.js of this machine, which the image gets, as the agent's.
  'libstdc++6',
];

/** The program that runs us runs the agents too: of this machine's architecture, and it needs no more than the C++ library. */
export const nodeProgram = process.execPath;
export const nodeProgramInImage = '/opt/corral/agent/node';

/** To be raised when the code that builds the image makes another one of the same parts. */
const revision = 3;

export function recipeHash(): string {
  const parts = {
    revision,
    suite,
    packages,
    initramfsInit,
    initramfsModules,
    treeFiles,
    treeLinks,
    sourceLine,
    tiny: tinyRecipe,
    node: { version: process.version, bytes: statSync(nodeProgram).size },
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
