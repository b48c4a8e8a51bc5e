// The disk template of instances without disks: nothing to make, nothing to list.
import { AppError } from '@/contract/errors';
import type { Storage } from './block-device';

export function createDisklessStorage(): Storage {
  const refuse = (): never => {
    throw new AppError('invalid', 'A diskless instance has no disks');
  };
  return {
    template: 'diskless',
    create: async () => refuse(),
    assemble: async () => refuse(),
    open: async () => refuse(),
    grow: async () => refuse(),
    give: async () => refuse(),
    async close() {},
    async shutdown() {},
    async remove() {},
    list: async () => [],
    pools: async () => [],
  };
}
