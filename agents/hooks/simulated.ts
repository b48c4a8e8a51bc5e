// Hooks of a simulated node: the scripts in its own folder, which are real.
import type { Faults } from '../simulated-faults';
import { createHookScripts, type HookScripts } from './hook-scripts';

export function createSimulatedHooks(folder: string, faults: Faults): HookScripts {
  const scripts = createHookScripts([folder]);
  return {
    list: scripts.list,
    async run(request, signal) {
      await faults.pass('hooks.run', signal);
      return scripts.run(request, signal);
    },
  };
}
