// Calls about the node itself.
import { AppError } from '@/contract/errors';
import { isRunning } from '../driver-choice';
import type { NodeParts } from '../node-parts';
import { writeSettings } from '../settings';
import type { Handlers } from './handlers';

type NodeCalls = Pick<Handlers, 'node.facts' | 'node.configure' | 'node.leave'>;

export function createNodeCalls(parts: NodeParts): NodeCalls {
  const { drivers, dataDir, readFacts, announce, store, log } = parts;
  return {
    'node.facts': () => readFacts(),
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

async function refuseWhileInUse({ definitions, drivers }: NodeParts): Promise<void> {
  const disks = (await Promise.all(drivers.storages.map((storage) => storage.list()))).flat().length;
  const running = drivers.hypervisors.flatMap((hypervisor) => hypervisor.list().filter(isRunning)).length;
  const instances = Math.max(definitions.list().length, running);
  if (instances === 0 && disks === 0) return;
  throw new AppError(
    'wrong_state',
    `Cannot leave: the node still has ${count(instances, 'instance')} and ${count(disks, 'disk')}`,
    { details: { instances, disks } },
  );
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
