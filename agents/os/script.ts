// OSes that scripts of the node install, by Ganeti's OS interface (create, import, export, rename, verify). The scripts run as the agent does, with nothing of
// its environment; an instance that they installed boots from its own disk, or from the kernel that its parameters name.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { scriptOf } from '@/contract/schemas/instance';
import { whyNoScript, type ScriptChoice } from '@/contract/schemas/os-script';
import type { Report } from '../storage/block-device';
import { wordsOf } from '../log';
import { removeLeftovers } from '../tools/leftovers/leftovers';
import type { InstallRequest, OsDriver } from './os-definition';
import { findDefinitions, needDefinition, type ScriptDefinition } from './script-definition';
import { buildInstanceEnv, buildOsEnv, type ScriptEnv } from './script-env';
import { readingFile, writingFile } from './script-files';
import { runScript, type ScriptRun } from './script-run';

export type ScriptOsOptions = {
  /** Folders with OS definitions, the first of a name counts. */
  path: readonly string[];
  logFolder: string;
  /** For `create`, which may have to download a whole distribution. */
  installMs?: number;
  /** How long a script that is told to end may clean up behind itself. */
  graceMs?: number;
};

/** Shorter than the control plane waits for the answer. */
const usualInstallMs = 3_600_000;
const renameMs = 600_000;
const verifyMs = 60_000;

export const usualOsPath = ['/srv/ganeti/os', '/usr/share/ganeti/os'];

export type ScriptOs = OsDriver & {
  /** Runs `import` with the file `from` as its input. */
  importDisk(request: InstallRequest & { from: string }, report: Report): Promise<void>;
  /** Puts what `export` writes into the file `to`. false: this OS cannot, and nothing was done. */
  exportDisk(request: InstallRequest & { to: string }, report: Report): Promise<boolean>;
};

export function createScriptOs(options: ScriptOsOptions): ScriptOs {
  const { path, logFolder, graceMs, installMs = usualInstallMs } = options;
  const how = { logFolder, graceMs };
  const verify = async (choice: ScriptChoice, report: Report) => {
    const script = await needDefinition(path, choice.name);
    const why = whyNoScript(choice, [{ ...script, problem: null }]);
    if (why !== null) throw new AppError('invalid', `the node ${why}`);
    if (script.apiVersion < 20) return script;
    const env = buildOsEnv(script, choice);
    const asked = { script, env, timeoutMs: verifyMs, instanceName: null, ...how };
    await runScript({ ...asked, kind: 'verify', args: ['parameters'] }, report);
    return script;
  };
  return {
    kind: 'script',
    async prepare() {},
    offer: () => null,
    listScripts: async () => (await findDefinitions(path)).map(({ offer }) => offer),
    async verify(os, report) {
      if (os.kind === 'script') await verify(os, report);
    },
    async install(request, report) {
      const choice = choiceOf(request.definition);
      const script = await verify(choice, report);
      const env = {
        ...envOf(script, choice, request),
        ...(request.reinstall && { INSTANCE_REINSTALL: '1' }),
      };
      await onDisks({ script, kind: 'create', env, request, timeoutMs: installMs, ...how }, report);
    },
    async importDisk({ from, ...request }, report) {
      const choice = choiceOf(request.definition);
      const script = await verify(choice, report);
      if (!script.scripts.includes('import'))
        throw new AppError('unavailable', `the node's OS ${script.name} has no script import`);
      const env = { ...envOf(script, choice, request), ...diskEnv('IMPORT', request) };
      await readingFile(from, report, (files) =>
        onDisks({ script, kind: 'import', env, request, files, timeoutMs: installMs, ...how }, report),
      );
    },
    async exportDisk({ to, ...request }, report) {
      const choice = choiceOf(request.definition);
      const [found] = (await findDefinitions(path)).filter(({ offer }) => offer.name === choice.name);
      const script = found?.definition;
      if (!script?.scripts.includes('export')) {
        report.log(`The node has no script export of OS ${choice.name}: the disk is saved as it is`);
        return false;
      }
      const env = { ...envOf(script, choice, request), ...diskEnv('EXPORT', request), EXP_SIZE_FD: '3' };
      await writingFile(to, report, (files) =>
        onDisks({ script, kind: 'export', env, request, files, timeoutMs: installMs, ...how }, report),
      );
      return true;
    },
    async rename({ oldName, ...request }, report) {
      const choice = choiceOf(request.definition);
      const script = await needDefinition(path, choice.name);
      if (!script.scripts.includes('rename')) {
        report.log(`OS ${script.name} has no script rename: the guest keeps its own name`);
        return;
      }
      const env = { ...envOf(script, choice, request), OLD_INSTANCE_NAME: oldName };
      await onDisks({ script, kind: 'rename', env, request, timeoutMs: renameMs, ...how }, report);
    },
    boot: async () => ({ kind: 'firmware' }),
  };
}

function choiceOf({ name, os }: InstanceDefinition): ScriptChoice {
  const choice = scriptOf(os);
  if (choice) return choice;
  throw new AppError('internal', `${name} has no OS that scripts install`);
}

function envOf(script: ScriptDefinition, choice: ScriptChoice, request: InstallRequest): ScriptEnv {
  const { definition, about, diskPaths } = request;
  if (!about) throw new AppError('invalid', `nothing was said about ${definition.name}`);
  return buildInstanceEnv({ script, choice, definition, about, diskPaths });
}

function diskEnv(what: 'IMPORT' | 'EXPORT', { diskPaths: [device = ''] }: InstallRequest): ScriptEnv {
  return {
    [`${what}_INDEX`]: '0',
    [`${what}_DEVICE`]: device,
    [`${what}_DISK_PATH`]: device,
    [`${what}_DISK_URI`]: '',
  };
}

type OnDisks = Omit<ScriptRun, 'instanceName' | 'lockPath'> & { request: InstallRequest };

/** Whatever way the script ends: its mounts and devices on the disks must not keep them from being released. */
async function onDisks({ request, ...work }: OnDisks, report: Report): Promise<void> {
  const { definition, diskPaths } = request;
  const instanceName = definition.name;
  const lockPath = diskPaths[0];
  const tidy = async () => {
    for (const path of diskPaths)
      for (const left of await removeLeftovers(path))
        report.log(`The script left ${left} behind, which was taken away`, 'warn');
  };
  try {
    await runScript({ ...work, instanceName, ...(lockPath && { lockPath }) }, report);
  } catch (error) {
    await tidy().catch((second: unknown) => report.log(wordsOf(second), 'warn'));
    throw error;
  }
  await tidy();
}
