// What runs on the node and is no instance: looked at, taken over while it runs, and let go again.
import { AppError } from '@/contract/errors';
import { chooseBoot } from '../boot-choice';
import { hypervisorOf, networkOf } from '../driver-choice';
import type { Drivers } from '../drivers';
import { examineDomain } from '../foreign-domains';
import type { Foreign, Hypervisor } from '../hypervisors/hypervisor';
import { takeResources } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { inContext } from './in-context';
import { inTurn, needObserved } from './running';

type ForeignCalls = Pick<Handlers, 'domain.examine' | 'instance.takeOver' | 'instance.letGo'>;

export function createForeignCalls(parts: NodeParts): ForeignCalls {
  const { drivers, definitions, log } = parts;
  return {
    'domain.examine': ({ domainId }) =>
      inContext('Cannot look at the domain', () => examineDomain(drivers, domainId)),
    'instance.takeOver': inTurn(parts, 'take over', async ({ instanceId }) => {
      const definition = definitions.need(instanceId);
      const foreign = foreignOf(drivers, definition.hypervisor);
      const resources = await takeResources(drivers, definition);
      const boot = await chooseBoot(drivers, definition);
      await foreign.takeOver({ definition, ...boot, ...resources });
      log(`took ${definition.name} over, which runs on`);
      return needObserved(drivers, instanceId);
    }),
    // Its disks stay as they are: it runs on with them.
    'instance.letGo': inTurn(parts, 'let go of', async ({ instanceId, name }) => {
      const definition = definitions.get(instanceId);
      if (!definition) return {};
      await foreignOf(drivers, definition.hypervisor).letGo(instanceId, name);
      for (const nic of definition.nics) await networkOf(drivers, nic.mode).unplug(instanceId, nic);
      log(`let go of ${definition.name}, which runs on as ${name}`);
      return {};
    }),
  };
}

function foreignOf(drivers: Drivers, kind: Hypervisor['kind']): Foreign {
  const { foreign } = hypervisorOf(drivers, kind);
  if (foreign) return foreign;
  throw new AppError('invalid', `Machines of ${kind} are started, not taken over`);
}
