// Calls about which instances the node knows.
import { AppError } from '@/contract/errors';
import { isRunning, observedOf } from '../driver-choice';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { inContext } from './in-context';

type InstanceCalls = Pick<Handlers, 'instance.define' | 'instance.forget' | 'instance.list'>;

export function createInstanceCalls(parts: NodeParts): InstanceCalls {
  const { drivers, definitions, locks, announce } = parts;
  return {
    'instance.define': ({ definition }, { signal }) =>
      locks.run(
        definition.id,
        async () => {
          await definitions.keep(definition);
          announce.changedDefinitions();
          return {};
        },
        signal,
      ),
    'instance.forget': ({ instanceId }, { signal }) =>
      locks.run(
        instanceId,
        async () => {
          const name = definitions.get(instanceId)?.name ?? 'the instance';
          await inContext(`Cannot forget ${name}`, () => forget(parts, instanceId));
          return {};
        },
        signal,
      ),
    'instance.list': async () => ({
      instances: drivers.hypervisors.flatMap((hypervisor) => hypervisor.list()),
      defined: definitions.list(),
    }),
  };
}

async function forget({ drivers, definitions, announce }: NodeParts, instanceId: string): Promise<void> {
  if (isRunning(observedOf(drivers, instanceId))) throw new AppError('wrong_state', 'it is running');
  const lists = await Promise.all(drivers.storages.map((storage) => storage.list()));
  const disks = lists.flat().filter((disk) => disk.instanceId === instanceId).length;
  if (disks > 0) throw new AppError('wrong_state', 'it still has disks on the node', { details: { disks } });
  for (const hypervisor of drivers.hypervisors) await hypervisor.cleanup(instanceId);
  await definitions.forget(instanceId);
  announce.gone(instanceId);
}
