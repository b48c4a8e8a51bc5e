// The tiny OS (docs/tiny-os.md) as the agents of the nodes would build it, made once for all of them: without hardware virtualization each would
// need a minute for its own. An agent that wants another one builds that itself.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildTiny, type PackageSource } from '@/agents/os/tiny-build';
import { parsePackage } from '@/agents/tools/apt/parse';
import { agentDataFolder } from '@/contract/agent-install';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { packageFolder } from './package-source';

const silent = { log() {}, progress() {} };
/** The disk that keeps what a node must not forget has the content of /var/lib/corral in this folder. */
const kept = join('corral', agentDataFolder.slice('/var/lib/corral'.length));

/** Puts it into the folder that the disk is made from. */
export async function placeTiny(tree: string, diskFolder: string): Promise<void> {
  await buildTiny(join(diskFolder, kept, 'os', 'tiny'), silent, packagesOf(tree));
}

function packagesOf(tree: string): PackageSource {
  const folder = join(tree, packageFolder);
  const archiveOf = (name: string) => {
    const file = readdirSync(folder).find((one) => one.startsWith(`${name}_`) && one.endsWith('.deb'));
    if (!file) throw new Error(`The image of the lab nodes has no package ${name}`);
    return join(folder, file);
  };
  return {
    async find(name) {
      const found = parsePackage(await mustRun('dpkg-deb', ['--field', archiveOf(name)]));
      if (!found) throw new Error(`${archiveOf(name)} does not say what it is`);
      return found;
    },
    async unpack({ names, folder: target }) {
      for (const name of names) await mustRun('dpkg-deb', ['--extract', archiveOf(name), target]);
    },
  };
}
