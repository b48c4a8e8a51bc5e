// Runs some of Vitest's projects in this terminal and counts what its report says.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tallyVitest } from './tally.mjs';

/**
 * @param {string} root
 * @param {string[]} projects
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runVitest(root, projects) {
  const report = path.join(root, '.cache', 'test-results', `${projects.join('-')}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const args = [
    ...[path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run'],
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ];
  const exitCode = await new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  return tallyVitest(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, exitCode);
}
