// Calls of operators on the node itself: fence commands, shell commands, files. What was done is also in the node's own log.
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { inContext } from './in-context';

type ToolCalls = Pick<Handlers, 'fence.run' | 'command.run' | 'file.put'>;

export function createToolCalls({ tools: { fencing, operator }, log }: NodeParts): ToolCalls {
  return {
    'fence.run': (order, call) => {
      if (order.action === 'off') log(`powering ${order.node.name} off with ${order.hook}`);
      return inContext(`Cannot run the fence command ${order.hook}`, async () => ({
        said: await fencing.run(order, call),
      }));
    },
    'command.run': (order, call) => {
      log(`command of the console, run ${order.runId}: ${order.command}`);
      return inContext('Cannot run the command', async () => ({ exitCode: await operator.run(order, call) }));
    },
    'file.put': (order) => {
      log(`file of the console: ${order.path}`);
      return inContext(`Cannot write ${order.path}`, async () => {
        await operator.put(order);
        return {};
      });
    },
  };
}
