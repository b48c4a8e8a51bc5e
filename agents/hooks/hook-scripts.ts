// The node's hook scripts: which there are, and running those of one hook, as run-parts does it: in the order of their names, without arguments
// and terminal, with nothing but the given environment.
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hookKey, type HookEnv, type HookPhase, type HookResult } from '@/contract/hooks';
import { ifMissing } from '../missing-file';
import { runGroup } from '../tools/run';

/** Where administrators put them; those of the first folder run first. */
export const usualHookFolders = ['/etc/ganeti/hooks', '/etc/corral/hooks'];

export type HookRequest = { name: string; phase: HookPhase; env: HookEnv };

export type HookScripts = {
  /** `instance-start-pre` and so on: hooks that have a script. */
  list(): Promise<string[]>;
  /** What became of each script; in the phase `pre`, those after one that failed are left out. */
  run(request: HookRequest, signal?: AbortSignal): Promise<HookResult[]>;
};

const scriptMs = 600_000;
const outputChars = 4_000;
const scriptName = /^[A-Za-z0-9_-]+$/;

export function createHookScripts(folders: readonly string[] = usualHookFolders): HookScripts {
  return {
    async list() {
      const lists = await Promise.all(folders.map(listHooks));
      return [...new Set(lists.flat())].sort();
    },
    async run({ name, phase, env }, signal) {
      const results: HookResult[] = [];
      let refused = false;
      for (const folder of folders) {
        const own = join(folder, `${hookKey(name, phase)}.d`);
        for (const script of await listScripts(own)) {
          const result: HookResult = refused
            ? skipped(join(own, script), 'another one refused before')
            : await runHook(join(own, script), env, signal);
          results.push(result);
          refused ||= phase === 'pre' && result.status === 'failed';
        }
      }
      return results;
    },
  };
}

async function listHooks(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  const hooks = names.flatMap((name) => /^([a-z-]+-(?:pre|post))\.d$/.exec(name)?.[1] ?? []);
  const filled = hooks.map(async (hook) =>
    (await listScripts(join(folder, `${hook}.d`))).length > 0 ? [hook] : [],
  );
  return (await Promise.all(filled)).flat();
}

/** In byte order, as run-parts has them in the C locale. Other names (backups, dot files) are none. */
async function listScripts(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  return names.filter((name) => scriptName.test(name)).sort((a, b) => (a < b ? -1 : 1));
}

async function runHook(script: string, env: HookEnv, signal?: AbortSignal): Promise<HookResult> {
  const isFile = (await stat(script).catch(() => null))?.isFile() ?? false;
  const isRunnable =
    isFile &&
    (await access(script, constants.X_OK).then(
      () => true,
      () => false,
    ));
  if (!isRunnable) return skipped(script, 'it cannot be run');
  let output = '';
  const onLine = (line: string) => (output = `${output}${line}\n`.slice(-outputChars));
  const argv = [script] as const;
  try {
    const end = await runGroup({
      argv,
      env,
      cwd: '/',
      timeoutMs: scriptMs,
      onLine,
      ...(signal && { signal }),
    });
    const status = end.exitCode === 0 && end.stopped === null ? 'ran' : 'failed';
    const stopped = end.stopped === null ? '' : `(${end.stopped})`;
    return { script, status, exitCode: end.exitCode, output: `${output}${stopped}`.trim() };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { script, status: 'failed', exitCode: null, output: words };
  }
}

function skipped(script: string, output: string): HookResult {
  return { script, status: 'skipped', exitCode: null, output };
}
