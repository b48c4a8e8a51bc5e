// `npm run test:lab`: every test on real nodes, among them the long list of faults. `npm test` has the most important of them.
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { formatTally } from './checks/tally.mjs';
import { runVitest } from './checks/vitest.mjs';
import { ensureDebianPackages, labPackages, nodePackages, testPackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { exitWithError } from './setup/report.mjs';

const root = path.join(import.meta.dirname, '..');
process.chdir(root);

async function testLab() {
  checkNodeVersion();
  await ensureDebianPackages([...nodePackages, ...testPackages, ...labPackages]);
  await ensureNodeModules(root);
  await ensureBuilt(root);
  const tally = await runVitest(root, ['lab', 'lab-xen']);
  console.log(formatTally(tally));
  process.exitCode = tally.failed > 0 ? 1 : 0;
}

await testLab().catch(exitWithError);
