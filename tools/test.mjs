// `npm test`: sets the machine up, runs every check and every test, and ends with one line that counts them all.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { runStaticChecks } from './checks/static-checks.mjs';
import { addTallies, formatTally } from './checks/tally.mjs';
import { runVitest } from './checks/vitest.mjs';
import { ensureDebianPackages, labPackages, nodePackages, testPackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { SetupError } from './setup/report.mjs';

const root = path.join(import.meta.dirname, '..');
process.chdir(root);

const oneFailure = { passed: 0, failed: 1, skipped: 0 };

async function setUp() {
  checkNodeVersion();
  await ensureDebianPackages([...nodePackages, ...testPackages, ...labPackages]);
  await ensureNodeModules(root);
  const { ensureGenerated } = await import('./build.mjs');
  await ensureGenerated(root);
}

/** Failing to be built counts like a failing test; the end-to-end tests need what would have been built. */
async function buildAndRunEndToEnd() {
  try {
    const { ensureBuilt } = await import('./build.mjs');
    await ensureBuilt(root);
  } catch (error) {
    report(error);
    return oneFailure;
  }
  return runVitest(root, ['e2e']);
}

async function runEverything() {
  try {
    await setUp();
  } catch (error) {
    report(error);
    return oneFailure;
  }
  return addTallies([
    await runStaticChecks(root),
    await runVitest(root, ['unit', 'integration']),
    await buildAndRunEndToEnd(),
  ]);
}

function report(error) {
  console.error(error instanceof SetupError ? `Error: ${error.message}` : error);
}

const tally = await runEverything();
console.log(`\nTook ${(performance.now() / 1000).toFixed(0)} s`);
console.log(formatTally(tally));
process.exitCode = tally.failed > 0 ? 1 : 0;
