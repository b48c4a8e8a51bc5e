// Calls about the node itself.
import { AppError } from '@/contract/errors';
import type { NodeParts } from '../node-parts';
import { describeNodeUse, readNodeUse } from '../node-use';
import { writeSettings } from '../settings';
import type { Handlers } from './handlers';

type NodeCalls = Pick<Handlers, 'node.facts' | 'node.configure' | 'node.leave'>;

export function createNodeCalls(parts: NodeParts): NodeCalls {
  const { drivers, dataDir, readFacts, announce, store, log } = parts;
  return {
    'node.facts': async ({ checkAgain }) => {
      const facts = await readFacts({ checkAgain });
      if (checkAgain) announce.changedFacts();
      return facts;
    },
    'node.configure': async ({ accelerator }) => {
      await writeSettings(dataDir, { accelerator });
      for (const hypervisor of drivers.hypervisors) hypervisor.configure(accelerator);
      announce.changedFacts();
      return readFacts();
    },
    'node.leave': async () => {
      await refuseWhileInUse(parts);
      await store.remove();
      log('left the cluster; identity removed');
      // The answer must be out before the process ends.
      setImmediate(parts.onLeft);
      return {};
    },
  };
}

async function refuseWhileInUse(parts: NodeParts): Promise<void> {
  const use = await readNodeUse(parts);
  if (use)
    throw new AppError('wrong_state', `Cannot leave: the node still has ${describeNodeUse(use)}`, {
      details: use,
    });
}
