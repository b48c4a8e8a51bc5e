// A Debian as debootstrap makes it, packed as the cache of ganeti-instance-debootstrap: what that makes itself when it runs for the first time on
// a node that reaches a mirror, which a lab node does not. Made once on this machine.
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { cacheFolder, makeOnce } from '../image/cache';
import { mirror, suite } from '../image/recipe';

/** What a cloud image of Debian has, too. */
const more = 'cloud-init';
/** What it needs by another name than its own, which debootstrap does not find. */
const found = 'python3-cffi-backend';
const file = `cache-${suite}-amd64.tar`;

/** Answers its path. The first time takes minutes, and root. */
export async function readyDebianTarball(): Promise<string> {
  const folder = join(cacheFolder(), `debian-${suite}-${more}`);
  await makeOnce(folder, async (unfinished) => {
    const tree = join(unfinished, 'tree');
    await mustRun('debootstrap', ['--arch', 'amd64', `--include=${more},${found}`, suite, tree, mirror]);
    await mustRun('find', [join(tree, 'var/cache/apt/archives'), '-type', 'f', '-name', '*.deb', '-delete']);
    const whole = ['--acls', '--selinux', '--xattrs', '--xattrs-include=*'];
    await mustRun('tar', [...whole, '-c', '-f', join(unfinished, file), '-C', tree, '.']);
    rmSync(tree, { recursive: true });
  });
  // It is in use: the next one who tidies the cache leaves it alone.
  utimesSync(folder, new Date(), new Date());
  return join(folder, file);
}
