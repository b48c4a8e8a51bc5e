// The product that runs with a data folder, as another program of the machine's root (or of who runs it) finds it: where it answers, and what
// its control plane is told.
import { readFileSync, readlinkSync } from 'node:fs';
import { childEnvironments } from './child-environment';
import { findOwner } from './data-lock';
import { findDatabaseUrl } from './database';
import { readOrCreateSecret, readSettings, type Settings } from './settings';

export type RunningProduct = {
  /** As it was started, which need not be what our own environment says. */
  settings: Settings;
  /** Of its engine and web server: with the address of its database and its secret. */
  environment: NodeJS.ProcessEnv;
};

/** undefined when nothing runs with the data folder that `variables` name for the product in `root`. */
export function findRunningProduct(root: string, variables: NodeJS.ProcessEnv): RunningProduct | undefined {
  const pid = findOwner(readSettings(root, variables).dataFolder);
  if (pid === undefined) return undefined;
  const started = environmentOf(pid);
  const settings = readSettings(readlinkSync(`/proc/${pid}/cwd`), started);
  const databaseUrl = findDatabaseUrl(settings);
  if (databaseUrl === undefined) return undefined;
  const secret = readOrCreateSecret(settings);
  return {
    settings,
    environment: childEnvironments(settings, { databaseUrl, secret, started }).controlPlane,
  };
}

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const text = readFileSync(`/proc/${pid}/environ`, 'utf8');
  const pairs = text.split('\0').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...Object.fromEntries(pairs), NODE_ENV: 'production' };
}
