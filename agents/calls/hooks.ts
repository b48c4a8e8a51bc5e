// Running the node's hook scripts.
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';

/** Of no instance's turn: the control plane asks while the job holds its locks. */
export function createHookCalls({ drivers }: NodeParts): Pick<Handlers, 'hooks.run'> {
  return {
    'hooks.run': async (request, { signal }) => ({ results: await drivers.hooks.run(request, signal) }),
  };
}
