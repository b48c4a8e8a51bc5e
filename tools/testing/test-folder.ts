// Scratch folders of tests: inside the checkout, or in the system's temporary folder where the database's user could not
// enter the checkout.
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chooseServiceUser, findClosedFolder } from '../postgres/service-user';

const checkout = path.join(import.meta.dirname, '..', '..');

export function findScratchFolder(): string {
  const cache = path.join(checkout, '.cache');
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  if (!findClosedFolder(cache, chooseServiceUser(cache))) return cache;
  const elsewhere = path.join(os.tmpdir(), 'corral-tests');
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  return elsewhere;
}

/** A new folder that every user may enter; the caller removes it. */
export function makeTestFolder(): string {
  const parent = path.join(findScratchFolder(), 'scratch');
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  const folder = mkdtempSync(path.join(parent, 't-'));
  chmodSync(folder, 0o755);
  return folder;
}
