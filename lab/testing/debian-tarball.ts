// A Debian as debootstrap makes it, packed as the cache of ganeti-instance-debootstrap: what that makes itself when it runs for the first time on
// a node that reaches a mirror, which a lab node does not. Made once on this machine.
import { createReadStream, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { cacheFolder, makeOnce } from '../image/cache';
import { mirror, suite } from '../image/recipe';
import { consoleHost } from '../image/tree-files';
import type { LabNode } from '../lab-node';

/** What a cloud image of Debian has, too. */
const more = 'cloud-init';
/** What it needs by another name than its own, which debootstrap does not find. */
const found = 'python3-cffi-backend';
const file = `cache-${suite}-amd64.tar`;

/** Answers its path. The first time takes minutes, and root. */
async function readyDebianTarball(): Promise<string> {
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

const patientMs = 1_800_000;
const cache = '/var/cache/ganeti-instance-debootstrap';

export type ServedTarball = {
  /** What nodes must reach. */
  url: string;
  /** What an administrator does: chooses the release for a variant. The cache is where instance-debootstrap keeps it. */
  fillCache(node: LabNode): Promise<void>;
  close(): void;
};

export async function serveDebianTarball(): Promise<ServedTarball> {
  const tarball = await readyDebianTarball();
  const files = createServer((_, response) => createReadStream(tarball).pipe(response));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const address = files.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const port = String(address.port);
  return {
    url: `http://127.0.0.1:${port}`,
    async fillCache({ run }) {
      const make = 'lvcreate -y -Wn -L 2g -n os-cache corral && mke2fs -q -t ext4 /dev/corral/os-cache';
      await run(`echo SUITE=${suite} > /etc/ganeti/instance-debootstrap/variants/default.conf`);
      await run(make, 300_000);
      await run(`mkdir -p ${cache} && mount /dev/corral/os-cache ${cache}`);
      await run(`curl -sSf http://${consoleHost}:${port}/ -o ${cache}/${file}`, patientMs);
    },
    close: () => void files.close(),
  };
}
