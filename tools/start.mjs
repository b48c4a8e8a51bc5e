// `npm start`: sets up whatever this machine still lacks, then becomes the supervisor, in this very process, so that
// Ctrl-C and signals reach it at first hand. Plain Node without packages, because node_modules may not exist yet.
// `npm run dev` (CORRAL_DEV=1) is the same with Next's development server, which shows an edited page at once.
import path from 'node:path';
import { ensureDebianPackages, nodePackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { exitWithError } from './setup/report.mjs';

const root = path.join(import.meta.dirname, '..');
process.chdir(root);

async function setUp() {
  checkNodeVersion();
  if (process.env.CORRAL_LOCAL_AGENT !== '0') await ensureDebianPackages(nodePackages);
  await ensureNodeModules(root);
  const { ensureBuilt, ensureProgramsBuilt } = await import('./build.mjs');
  await (process.env.CORRAL_DEV === '1' ? ensureProgramsBuilt(root) : ensureBuilt(root));
}

await setUp().catch(exitWithError);
await import(path.join(root, 'dist', 'supervisor.mjs'));
