// Installing an OS onto an instance's first disk.
import { AppError } from '@/contract/errors';
import { isRunning, observedOf, osOf, storageOf } from '../driver-choice';
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
            const disk = definition.disks.find(({ index }) => index === 0);
            if (!disk) {
              await os.install({ definition, diskPath: null }, call);
              return {};
            }
            const storage = storageOf(drivers, definition.diskTemplate);
            const ref = { instanceId, diskId: disk.id };
            try {
              const { path } = await storage.assemble(ref);
              await os.install({ definition, diskPath: path }, call);
            } finally {
              await storage.shutdown(ref);
            }
            return {};
          });
        },
        call.signal,
      ),
  };
}
