// Calls about disks.
import { AppError } from '@/contract/errors';
import { isRunning, observedOf, storageOf } from '../driver-choice';
import type { NodeParts } from '../node-parts';
import { inContext } from './in-context';
import type { Handlers } from './handlers';

type DiskCalls = Pick<Handlers, 'disk.create' | 'disk.remove' | 'disk.list'>;

export function createDiskCalls({ drivers, definitions, locks }: NodeParts): DiskCalls {
  const diskName = (instanceId: string, diskId: string) => {
    const definition = definitions.get(instanceId);
    const index = definition?.disks.find((disk) => disk.id === diskId)?.index;
    return index === undefined ? `disk ${diskId}` : `disk ${index} of ${definition?.name}`;
  };
  return {
    'disk.create': ({ instanceId, diskId, diskTemplate, sizeMiB }, call) =>
      locks.run(
        instanceId,
        () =>
          inContext(`Cannot create ${diskName(instanceId, diskId)}`, async () => {
            await storageOf(drivers, diskTemplate).create({ instanceId, diskId, sizeMiB }, call);
            return {};
          }),
        call.signal,
      ),
    'disk.remove': ({ instanceId, diskId, diskTemplate }, { signal }) =>
      locks.run(
        instanceId,
        () =>
          inContext(`Cannot remove ${diskName(instanceId, diskId)}`, async () => {
            if (isRunning(observedOf(drivers, instanceId)))
              throw new AppError('wrong_state', 'the instance is running');
            await storageOf(drivers, diskTemplate).remove({ instanceId, diskId });
            return {};
          }),
        signal,
      ),
    'disk.list': async () => {
      const lists = drivers.storages.map(async (storage) =>
        (await storage.list()).map((disk) => ({ ...disk, diskTemplate: storage.template })),
      );
      return { disks: (await Promise.all(lists)).flat() };
    },
  };
}
