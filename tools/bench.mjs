// `npm run bench [-- figure …]`: sets the machine up like `npm test`, then measures the product (bench/main.ts), or with `-- lab` on real nodes
// (bench/lab/main.ts).
import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ensureDebianPackages, labPackages, nodePackages, testPackages } from './setup/debian-packages.mjs';
import { ensureNodeModules } from './setup/node-modules.mjs';
import { checkNodeVersion } from './setup/node-version.mjs';
import { exitWithError } from './setup/report.mjs';

const root = path.join(import.meta.dirname, '..');
process.chdir(root);

async function bench() {
  checkNodeVersion();
  const [first, ...rest] = process.argv.slice(2);
  const isLab = first === 'lab';
  await ensureDebianPackages([...nodePackages, ...testPackages, ...(isLab ? labPackages : [])]);
  await ensureNodeModules(root);
  await ensureBuilt(root);
  const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const args = isLab ? [tsx, 'bench/lab/main.ts', ...rest] : [tsx, 'bench/main.ts', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // The benchmark hears a Ctrl-C itself and takes down what it started; this waits for that.
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
  child.once('close', (code) => (process.exitCode = code ?? 1));
}

await bench().catch(exitWithError);
