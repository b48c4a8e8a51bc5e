// `npm run lab`: sets the machine up, then becomes the lab (lab/main.ts), in this very process, so that Ctrl-C and signals reach it at first
// hand.
import path from 'node:path';
import { ensureDebianPackages, labPackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { exitWithError } from './setup/report.mjs';

const root = path.join(import.meta.dirname, '..');
process.chdir(root);

async function setUp() {
  checkNodeVersion();
  await ensureDebianPackages(labPackages);
  await ensureNodeModules(root);
  const { ensureProgramsBuilt } = await import('./build.mjs');
  await ensureProgramsBuilt(root);
}

await setUp().catch(exitWithError);
await import(path.join(root, 'dist', 'lab.mjs'));
