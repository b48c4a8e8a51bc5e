// Brings node_modules in line with package-lock.json, and remembers for which lock that was done.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { step } from './report.mjs';
import { mustRun } from './run-command.mjs';

/** @param {string} root */
export async function ensureNodeModules(root) {
  if (areModulesCurrent(root)) return;
  // Not `npm ci`: it wants other platforms' binaries in the lock, which a registry may not carry.
  const args = [
    'install',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await step('Installing packages with npm', () => mustRun('npm', args, { cwd: root }));
  writeFileSync(hashFile(root), hashLock(root));
}

export function areModulesCurrent(root) {
  return existsSync(hashFile(root)) && readFileSync(hashFile(root), 'utf8') === hashLock(root);
}

function hashFile(root) {
  return path.join(root, 'node_modules', '.corral-lock-hash');
}

function hashLock(root) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}
