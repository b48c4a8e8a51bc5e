// The checks that read the code without running it. Each counts as one test.
import path from 'node:path';
import { runCommand } from '../setup/run-command.mjs';
import { noTests } from './tally.mjs';

const checks = [
  { name: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['.'] },
  { name: 'types', program: 'typescript/bin/tsc', args: ['--noEmit', '--pretty', 'false'] },
  {
    name: 'import rules',
    program: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['.', '--config', '.dependency-cruiser.cjs'],
  },
];

/**
 * Side by side: each keeps one processor busy.
 * @param {string} root
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runStaticChecks(root) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const running = checks.map(({ name, program, args }) => {
    const script = path.join(root, 'node_modules', program);
    return { name, ended: runCommand(process.execPath, [script, ...args], { cwd: root, env }) };
  });
  let tally = noTests;
  for (const { name, ended } of running) {
    const { exitCode, output } = await ended;
    const isPassed = exitCode === 0;
    console.log(isPassed ? `✓ ${name}` : `✗ ${name}\n${output.trimEnd()}`);
    tally = isPassed ? { ...tally, passed: tally.passed + 1 } : { ...tally, failed: tally.failed + 1 };
  }
  return tally;
}
