// A source of Debian packages inside the image: nodes of the lab reach no other, and the agent builds an OS of these.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@/tools/setup/run-command.mjs';

export const packageFolder = '/srv/packages';
/** What docs/tiny-os.md is made of. */
const wanted = /^(linux-image-.*cloud-amd64|busybox-static)_/;
export const sourceLine = `deb [trusted=yes] file:${packageFolder} ./\n`;

/** Takes what debootstrap has downloaded. apt in the tree knows of nothing else afterwards. */
export async function makePackageSource(tree: string): Promise<void> {
  const downloads = join(tree, 'var', 'cache', 'apt', 'archives');
  const target = join(tree, packageFolder);
  mkdirSync(target, { recursive: true });
  const paragraphs = [];
  for (const name of readdirSync(downloads).filter((file) => wanted.test(file) && file.endsWith('.deb'))) {
    await repack(join(downloads, name), join(target, name));
    paragraphs.push(await describePackage(target, name));
  }
  writeFileSync(join(target, 'Packages'), paragraphs.join('\n'));
  writeFileSync(join(tree, 'etc', 'apt', 'sources.list'), sourceLine);
  for (const cache of ['var/cache/apt', 'var/lib/apt/lists'])
    rmSync(join(tree, cache), { recursive: true, force: true });
  mkdirSync(join(tree, 'var/cache/apt/archives/partial'), { recursive: true });
  await mustRun('chroot', [tree, 'apt-get', '-q', 'update']);
}

/** Uncompressed: to undo Debian's compression takes a node without hardware virtualization a quarter of a minute. */
async function repack(from: string, to: string): Promise<void> {
  const files = `${to}.files`;
  await mustRun('dpkg-deb', ['--raw-extract', from, files]);
  await mustRun('dpkg-deb', ['-Znone', '--root-owner-group', '--build', files, to]);
  rmSync(files, { recursive: true });
}

async function describePackage(target: string, name: string): Promise<string> {
  const fields = await mustRun('dpkg-deb', ['--field', join(target, name)]);
  const content = readFileSync(join(target, name));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return `${fields.trim()}\nFilename: ./${name}\nSize: ${content.length}\nSHA256: ${sha256}\n`;
}
