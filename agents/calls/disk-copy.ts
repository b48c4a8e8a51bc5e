// Calls that bring the bytes of a disk to another node. The control plane leads; a disk that is copied is used by nobody.
import { AppError } from '@/contract/errors';
import type { NodeDisk } from '@/contract/schemas/disk';
import { isHere, observedOf, storageOf } from '../driver-choice';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { onDisk } from './on-disk';

type CopyCalls = Pick<Handlers, 'disk.receive' | 'disk.send' | 'disk.endCopy'>;

export function createCopyCalls(parts: NodeParts): CopyCalls {
  const { drivers, tools, log } = parts;
  const storageFor = (disk: NodeDisk) => {
    if (isHere(observedOf(drivers, disk.instanceId)))
      throw new AppError('wrong_state', 'the instance is running');
    const storage = storageOf(drivers, disk.spec.template);
    if (storage.mirror) throw new AppError('invalid', 'a side of a mirror is filled by its peer');
    return storage;
  };
  return {
    'disk.receive': onDisk(parts, 'receive', async ({ address, ...disk }) => {
      const storage = storageFor(disk);
      const { path } = await storage.assemble(disk);
      await storage.open(disk);
      return tools.copies.receive({ diskId: disk.diskId, path, address });
    }),
    'disk.send': onDisk(parts, 'send', async ({ host, port, key, sizeBytes, ...disk }, call) => {
      const storage = storageFor(disk);
      const { path } = await storage.assemble(disk);
      try {
        const door = { host, port, key, sizeBytes };
        await tools.copies.send({ diskId: disk.diskId, path, door }, call);
        log(`sent disk ${disk.diskId} to ${host}`);
        return {};
      } finally {
        await storage.shutdown(disk);
      }
    }),
    'disk.endCopy': onDisk(parts, 'end the copy of', async ({ arrived, ...disk }) => {
      const storage = storageFor(disk);
      if (arrived) await tools.copies.settle({ diskId: disk.diskId, ...(await storage.assemble(disk)) });
      else await tools.copies.end(disk.diskId);
      await storage.shutdown(disk);
      return {};
    }),
  };
}
