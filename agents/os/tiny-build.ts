// Builds the tiny OS out of two Debian packages: vmlinuz, initrd and the root tree that is copied onto disks.
// Invariant: a folder named after versions is complete; work in progress happens in `.build-…` and is renamed at the end.
import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppError } from '@/contract/errors';
import { ifMissing } from '../missing-file';
import type { Report } from '../storage/block-device';
import { findPackage, unpackPackages } from '../tools/apt/apt';
import type { DebianPackage } from '../tools/apt/parse';
import { packNewc } from '../tools/cpio/newc';
import { run } from '../tools/run';
import { collectModules, moduleName } from './tiny-modules';
import { bootFiles, emptyFolders, neededModules, systemFiles } from './tiny-scripts';
import { bootEntries, systemEntries, writeTree } from './tiny-tree';

export type TinyBuild = { version: string; kernel: string; initrd: string; root: string };

/** Where the Debian packages come from. */
export type PackageSource = {
  find(name: string, signal?: AbortSignal): Promise<DebianPackage>;
  /** Into `folder`; `downloads` is an empty one, for archives. */
  unpack(request: {
    names: string[];
    downloads: string;
    folder: string;
    signal?: AbortSignal;
  }): Promise<void>;
};
const apt: PackageSource = { find: findPackage, unpack: unpackPackages };

/** Changes with everything that is ours in it. */
export const recipe = createHash('sha256')
  .update(JSON.stringify([1, systemFiles, bootFiles, emptyFolders, neededModules]))
  .digest('hex')
  .slice(0, 8);

const buildAt = (folder: string, version: string): TinyBuild => ({
  version,
  kernel: join(folder, version, 'vmlinuz'),
  initrd: join(folder, version, 'initrd'),
  root: join(folder, version, 'root'),
});

/** The newest build that is there and fits this recipe; null when there is none. */
export async function findBuild(folder: string): Promise<TinyBuild | null> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(`_${recipe}`));
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const newest = dated.sort((a, b) => b.at - a.at)[0];
  return newest ? buildAt(folder, newest.name) : null;
}

/** Builds from the newest packages of the source, or answers the build that is there of just these. */
export async function buildTiny(folder: string, report: Report, packages = apt): Promise<TinyBuild> {
  if (process.arch !== 'x64') throw new AppError('unavailable', 'The tiny OS exists for x86-64 nodes only');
  const { signal } = report;
  const meta = await packages.find('linux-image-cloud-amd64', signal);
  const kernelName = meta.depends.find((name) => name.startsWith('linux-image-'));
  if (!kernelName) throw new AppError('not_found', `The package ${meta.name} names no kernel`);
  const busybox = await packages.find('busybox-static', signal);
  const version = [meta.version, busybox.version, recipe].join('_').replace(/[^\w.+-]/g, '-');
  const build = buildAt(folder, version);
  if (await isFolder(join(folder, version))) return build;
  report.progress(0.1);
  await removeLeftovers(folder);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const work = await mkdtemp(join(folder, `.build-${process.pid}-`));
  try {
    await chmod(work, 0o755);
    await makeIn(work, { names: [kernelName, busybox.name], report, packages });
    await rename(work, join(folder, version)).catch(async (error) => {
      if (!(await isFolder(join(folder, version)))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  report.progress(1);
  return build;
}

/** Drops builds other than this one; running instances hold their kernel in memory. */
export async function removeOtherBuilds(folder: string, build: TinyBuild): Promise<void> {
  const others = (await readdir(folder)).filter((name) => !name.startsWith('.') && name !== build.version);
  for (const name of others) await rm(join(folder, name), { recursive: true, force: true });
}

type Making = { names: string[]; report: Report; packages: PackageSource };

async function makeIn(work: string, { names, report, packages }: Making): Promise<void> {
  const downloads = join(work, 'downloads');
  const unpacked = join(work, 'unpacked');
  await mkdir(downloads);
  await mkdir(unpacked);
  report.log(`Downloading ${names.join(' and ')}`);
  await packages.unpack({ names, downloads, folder: unpacked, signal: report.signal });
  report.progress(0.6);
  report.log('Packing the tiny OS');
  const busybox = await findUnder(unpacked, /(?:^|\/)bin\/busybox$/);
  const argv = [join(unpacked, busybox), '--list-full'] as const;
  const { stdout } = await run({ argv, doing: 'ask busybox what it can do', timeoutMs: 10_000 });
  const system = systemEntries(await readFile(join(unpacked, busybox)), stdout.split('\n').filter(Boolean));
  const builtin = await readFile(join(unpacked, await findUnder(unpacked, /modules\.builtin$/)), 'utf8');
  const modules = await collectModules(unpacked, neededModules, builtin.split('\n').map(moduleName));
  const console = { path: 'dev/console', major: 5, minor: 1 };
  const archive = packNewc([...system, ...bootEntries(modules)], [console]);
  await writeFile(join(work, 'initrd'), await promisify(gzip)(archive));
  await writeTree(join(work, 'root'), system);
  await copyFile(
    join(unpacked, await findUnder(unpacked, /(?:^|\/)boot\/vmlinuz-[^/]+$/)),
    join(work, 'vmlinuz'),
  );
  await rm(downloads, { recursive: true });
  await rm(unpacked, { recursive: true });
}

async function findUnder(folder: string, pattern: RegExp): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((path) => pattern.test(path));
  if (found) return found;
  throw new AppError('not_found', `The packages hold no file ${pattern.source}`);
}

/** What a build left behind whose agent is gone. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^\.build-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || Number(pid) === process.pid || (await isFolder(`/proc/${pid}`))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(ifMissing(null)))?.isDirectory() ?? false;
}
