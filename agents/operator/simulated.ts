// Commands that only are said to have run. Files are kept in memory, so that tests can look at them.
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import type { FileOrder, OperatorTools } from './operator-tools';

export type SimulatedTools = OperatorTools & {
  allow(allowed: boolean): void;
  files(): Map<string, FileOrder>;
};

export function createSimulatedTools(faults: Faults): SimulatedTools {
  const files = new Map<string, FileOrder>();
  const runs = new Map<string, number>();
  let allowed = false;
  const requireAllowed = () => {
    if (!allowed) throw new AppError('forbidden', 'The node takes no commands and files from the console');
  };
  return {
    allow: (value) => void (allowed = value),
    files: () => files,
    isAllowed: async () => allowed,
    run: async ({ runId, command }, { log, signal }) => {
      requireAllowed();
      const known = runs.get(runId);
      if (known !== undefined) return known;
      await faults.pass('command.run', signal);
      log(`would run: ${command}`);
      const exitCode = command === 'false' ? 1 : 0;
      runs.set(runId, exitCode);
      return exitCode;
    },
    put: async (order) => {
      requireAllowed();
      await faults.pass('file.put');
      files.set(order.path, order);
    },
  };
}
