// Installing an OS onto an instance's first disk.
import { AppError } from '@/contract/errors';
import { disksOf } from '../definitions';
import { isRunning, observedOf, osOf, storageOf } from '../driver-choice';
import { releaseDisk } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import { inContext } from './in-context';
import type { Handlers } from './handlers';

export function createOsCalls({ drivers, definitions, locks }: NodeParts): Pick<Handlers, 'os.install'> {
  return {
    'os.install': ({ instanceId }, call) =>
      locks.run(
        instanceId,
        async () => {
          const definition = definitions.need(instanceId);
          return inContext(`Cannot install the OS of ${definition.name}`, async () => {
            if (isRunning(observedOf(drivers, instanceId)))
              throw new AppError('wrong_state', 'the instance is running');
            const os = osOf(drivers, definition.os.kind);
            const disk = disksOf(definition).find(({ index }) => index === 0);
            if (!disk) {
              await os.install({ definition, diskPath: null }, call);
              return {};
            }
            const storage = storageOf(drivers, disk.spec.template);
            try {
              const { path } = await storage.assemble(disk);
              await storage.open(disk);
              await os.install({ definition, diskPath: path }, call);
            } finally {
              await releaseDisk(drivers, disk);
            }
            return {};
          });
        },
        call.signal,
      ),
  };
}
