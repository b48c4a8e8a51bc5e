// Calls about disks.
import { AppError } from '@/contract/errors';
import type { NodeDisk } from '@/contract/schemas/disk';
import { adoptionOf, isHere, observedOf, storageOf } from '../driver-choice';
import { pathsOfDomain } from '../foreign-domains';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { nothing, onDisk } from './on-disk';

type DiskCalls = Pick<
  Handlers,
  | 'disk.create'
  | 'disk.assemble'
  | 'disk.open'
  | 'disk.close'
  | 'disk.shutdown'
  | 'disk.remove'
  | 'disk.grow'
  | 'disk.give'
  | 'disk.examine'
  | 'disk.adopt'
  | 'disk.disown'
  | 'disk.list'
>;

export function createDiskCalls(parts: NodeParts): DiskCalls {
  const { drivers, definitions, tools } = parts;
  const holding = (disk: NodeDisk) => storageOf(drivers, disk.spec.template);
  /** For what would take the disk from a guest that uses it: one that was unplugged is in the definition no more. */
  const taking = (disk: NodeDisk) => {
    const definition = definitions.get(disk.instanceId);
    const isUsed = definition?.disks.some(({ id }) => id === disk.diskId) ?? true;
    if (isUsed && isHere(observedOf(drivers, disk.instanceId)))
      throw new AppError('wrong_state', 'the instance is running');
    return holding(disk);
  };
  return {
    'disk.create': onDisk(parts, 'create', ({ wipe, ...disk }, call) =>
      holding(disk).create(disk, { wipe }, call).then(nothing),
    ),
    'disk.assemble': onDisk(parts, 'assemble', (disk) => holding(disk).assemble(disk).then(nothing)),
    'disk.open': onDisk(parts, 'open', (disk) => holding(disk).open(disk).then(nothing)),
    'disk.close': onDisk(parts, 'close', async (disk) => taking(disk).close(disk).then(nothing)),
    'disk.shutdown': onDisk(parts, 'shut down', async (disk) => taking(disk).shutdown(disk).then(nothing)),
    'disk.remove': onDisk(parts, 'remove', async (disk) => {
      const storage = taking(disk);
      await tools.copies.end(disk.diskId);
      return storage.remove(disk).then(nothing);
    }),
    'disk.grow': onDisk(parts, 'grow', ({ newSizeMiB, stage, wipe, ...disk }, call) =>
      holding(disk).grow(disk, { sizeMiB: newSizeMiB, stage, wipe }, call).then(nothing),
    ),
    'disk.give': onDisk(parts, 'give away', async ({ toInstanceId, ...disk }) =>
      taking(disk).give(disk, toInstanceId).then(nothing),
    ),
    'disk.examine': (volume) => adoptionOf(drivers, 'plain').examine(volume),
    'disk.adopt': onDisk(parts, 'adopt', async ({ volume, inUse = false, ...disk }) => {
      const heldPaths = inUse ? await pathsOfDomain(drivers, disk.instanceId) : [];
      return adoptionOf(drivers, disk.spec.template).adopt(disk, volume, heldPaths).then(nothing);
    }),
    'disk.disown': onDisk(parts, 'give back', async ({ volume, ...disk }) => {
      taking(disk);
      await adoptionOf(drivers, disk.spec.template).disown(disk, volume);
      return {};
    }),
    'disk.list': async () => {
      const lists = drivers.storages.map(async (storage) =>
        (await storage.list()).map((disk) => ({ ...disk, diskTemplate: storage.template })),
      );
      return { disks: (await Promise.all(lists)).flat() };
    },
  };
}
