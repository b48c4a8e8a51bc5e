// Vitest's globalSetup: one PostgreSQL for a whole run, copied from a prepared one, so that runs side by side in one
// checkout don't meet, and a run that was killed leaves nothing that a later one does not clear away.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../postgres';
import { findServerPid, isAlive, stopServer } from '../postgres/server-process';
import { copyTree, prepareBase, templateName } from './database-base';
import { findScratchFolder } from './test-folder';

export default async function setUpDatabase(project: TestProject): Promise<() => Promise<void>> {
  const store = path.join(findScratchFolder(), 'test-postgres');
  mkdirSync(store, { recursive: true, mode: 0o755 });
  await clearDeadRuns(store);
  const base = await prepareBase(store);
  const folder = path.join(store, `run-${process.pid}`);
  copyServer(base, folder);
  const server = await startPostgres({ folder, durable: false });
  project.provide('testDatabaseServer', { adminUrl: server.url('postgres'), template: templateName });
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Its own port, not the remembered one: several runs may copy the same base at once. */
function copyServer(base: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o755 });
  cpSync(path.join(base, 'password'), path.join(folder, 'password'));
  copyTree(path.join(base, 'data'), path.join(folder, 'data'));
}

async function clearDeadRuns(store: string): Promise<void> {
  for (const name of readdirSync(store)) {
    const ownerPid = Number(/^(?:run|base-.*\.partial)-(\d+)$/.exec(name)?.[1]);
    if (!ownerPid || isAlive(ownerPid)) continue;
    const folder = path.join(store, name);
    const data = path.join(folder, 'data');
    const serverPid = existsSync(data) ? findServerPid(data) : undefined;
    if (serverPid) await stopServer(serverPid);
    rmSync(folder, { recursive: true, force: true });
  }
}
