// Builds the image of the nodes from Debian's packages: as root, in a few minutes, once per recipe.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mustRun, runCommand } from '@/tools/setup/run-command.mjs';
import { SetupError } from '@/tools/setup/report.mjs';
import type { NodeKind } from '../node-kind';
import { buildInitramfs, kernelVersion } from './initramfs';
import { makePackageSource } from './package-source';
import { mirror, nodeProgram, nodeProgramInImage, packages, suite } from './recipe';
import { placeTiny } from './tiny';
import { treeFiles, treeLinks, unneeded } from './tree-files';

export type ImageFiles = {
  root: string;
  keep: string;
  /** What QEMU boots: the hypervisor, where it is one, gets the kernel as its first domain's. */
  boot: Record<NodeKind, { kernel: string; initramfs: string }>;
  xen: string;
};

const rootBytes = '3G';
/** Of the disk on which a node keeps what it must not forget: sparse, and the file disks of its instances are on it. */
export const keepDisk = '20G';

export function imageFiles(folder: string): ImageFiles {
  const file = (name: string) => join(folder, name);
  return {
    root: file('root.img'),
    keep: file('keep.img'),
    boot: {
      kvm: { kernel: file('vmlinuz'), initramfs: file('initramfs') },
      xen: { kernel: file('xen-vmlinuz'), initramfs: file('xen-initramfs') },
    },
    xen: file('xen'),
  };
}

export type Progress = <T>(title: string, work: () => Promise<T>) => Promise<T>;

/** Fills the empty folder. `step` is told what happens. */
export async function buildImage(folder: string, step: Progress): Promise<void> {
  if (process.getuid?.() !== 0) throw new SetupError('The image of the lab nodes can be built by root only');
  const tree = join(folder, 'tree');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const wanted = `--include=${packages.join(',')}`;
  await step(
    `Installing Debian ${suite} for the lab nodes (${packages.length} packages and what they need)`,
    () => mustRun('debootstrap', ['--variant=minbase', wanted, suite, tree, mirror], { env }),
  );
  await step('Making the disk image of the lab nodes', () => makeImage(tree, folder));
  rmSync(tree, { recursive: true });
}

/** What follows upon debootstrap: the lab's own files, and everything as the files that QEMU is given. */
export async function makeImage(tree: string, folder: string): Promise<void> {
  const files = imageFiles(folder);
  await completeTree(tree);
  for (const kind of ['kvm', 'xen'] as const) {
    const version = kernelVersion(tree, kind);
    cpSync(join(tree, 'boot', `vmlinuz-${version}`), files.boot[kind].kernel);
    const scratch = join(folder, 'initramfs-files');
    await buildInitramfs(tree, { version, scratch, output: files.boot[kind].initramfs });
    rmSync(scratch, { recursive: true });
  }
  writeFileSync(files.xen, gunzipSync(readFileSync(hypervisorOf(tree))));
  await mustRun('truncate', ['-s', rootBytes, files.root]);
  await mustRun('mkfs.ext4', ['-q', '-F', '-O', '^has_journal', '-d', tree, files.root]);
  const kept = join(folder, 'kept-files');
  await placeTiny(tree, kept);
  await mustRun('truncate', ['-s', keepDisk, files.keep]);
  await mustRun('mkfs.ext4', [
    '-q',
    '-F',
    '-i',
    '262144',
    '-J',
    'size=16',
    '-E',
    'lazy_itable_init=1',
    '-d',
    kept,
    files.keep,
  ]);
  rmSync(kept, { recursive: true });
}

/** QEMU starts an unpacked one by itself (multiboot). */
function hypervisorOf(tree: string): string {
  const name = readdirSync(join(tree, 'boot')).find((file) => /^xen-.*-amd64\.gz$/.test(file));
  if (name === undefined) throw new Error(`There is no Xen in ${tree}`);
  return join(tree, 'boot', name);
}

async function completeTree(tree: string): Promise<void> {
  await makePackageSource(tree);
  for (const path of unneeded) rmSync(join(tree, path), { recursive: true, force: true });
  for (const { path, text, mode = 0o644 } of treeFiles) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    chmodSync(join(tree, path), mode);
  }
  for (const [path, target] of treeLinks) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    rmSync(join(tree, path), { force: true });
    symlinkSync(target, join(tree, path));
  }
  await mustRun('sh', ['-ec', 'rm -f "$0"/etc/ssh/ssh_host_*', tree]);
  await mustRun('passwd', ['-R', tree, '-d', 'root']);
  await installNode(tree);
}

/** The installer of the agent takes the Node.js that it finds, so that no node fetches a hundred megabytes. */
async function installNode(tree: string): Promise<void> {
  mkdirSync(dirname(join(tree, nodeProgramInImage)), { recursive: true });
  cpSync(nodeProgram, join(tree, nodeProgramInImage));
  const { exitCode, output } = await runCommand('chroot', [tree, nodeProgramInImage, '--version']);
  if (exitCode !== 0 || !existsSync(join(tree, nodeProgramInImage)))
    throw new SetupError(
      `The lab nodes cannot run this machine's Node.js (${nodeProgram}): ${output.trim()}`,
    );
}
