// Starts crash-engine.ts as a process of its own, bundled once.
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import type { CrashOrders } from './crash-engine';

const root = path.join(import.meta.dirname, '..', '..', '..');

export type EngineProcess = {
  /** The same work, but rejects when the process ends meanwhile. */
  during: <T>(work: Promise<T>) => Promise<T>;
  /** Resolves when every key has been reached. */
  untilReached: (keys: string[]) => Promise<void>;
  /** SIGKILL: nothing of it gets a chance to tidy up. */
  kill: () => Promise<void>;
};

export async function bundleCrashEngine(): Promise<string> {
  const outfile = path.join(root, '.cache', `crash-engine-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: ['server/operations/testing/crash-engine.ts'],
    outfile,
    tsconfig: path.join(root, 'tsconfig.json'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
  });
  return outfile;
}

export function startEngineProcess(bundle: string, orders: CrashOrders): EngineProcess {
  const child = fork(bundle, [JSON.stringify(orders)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const reached = new Set<string>();
  const listeners = new Set<() => void>();
  child.on('message', (key) => {
    reached.add(String(key));
    listeners.forEach((listener) => listener());
  });
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', () => reject(new Error('The engine process ended unexpectedly'))),
  );
  ended.catch(() => {});
  const during = <T>(work: Promise<T>) => Promise.race([work, ended]);
  return {
    during,
    untilReached: (keys) =>
      during(
        new Promise((resolve) => {
          const look = () => void (keys.every((key) => reached.has(key)) && resolve());
          listeners.add(look);
          look();
        }),
      ),
    kill: () => killAndWait(child),
  };
}

function killAndWait(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
