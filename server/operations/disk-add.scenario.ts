import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { noAmounts } from '../quotas/charge';
import { theirVolume, volumeGroupOf } from './testing/foreign-volumes';
import type { Scenario } from './testing/scenario';
import { mirrored, onVolumes } from './testing/world';

export const diskAddScenarios: readonly Scenario[] = [
  {
    title: 'that is made',
    skips: ['look-at-volume', 'adopt-volume'],
    async prepare(world) {
      const place = await world.makePlace({ nodes: 2 });
      return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
    },
    async submit(world, { place, targetId }) {
      const { id: diskId } = await world.db.disk.create({
        data: { instanceId: targetId, index: 2, sizeMiB: 16, lifecycle: 'creating' },
      });
      const amounts = { ...noAmounts, diskMiB: 16 };
      return world.orderOn(place, targetId, { operation: 'disk.add', params: { diskId }, amounts });
    },
    async verify(world, { targetId }) {
      const disks = await world.db.disk.findMany({ where: { instanceId: targetId, lifecycle: 'ready' } });
      expect(disks.map((disk) => disk.sizeMiB).sort()).toEqual([16, 32, 64]);
    },
  },
  {
    title: 'that is adopted',
    skips: ['create-disks', 'connect-mirrors'],
    async prepare(world) {
      const place = await world.makePlace();
      return { place, targetId: await world.makeInstance(place, { start: true, as: onVolumes }) };
    },
    async submit(world, { place, targetId }) {
      const adopt = theirVolume(place, 16);
      return world.orderOn(place, targetId, {
        operation: 'disk.add',
        params: { diskId: randomUUID(), adopt },
      });
    },
    async verify(world, { place, targetId }) {
      const disks = await world.db.disk.findMany({ where: { instanceId: targetId, lifecycle: 'ready' } });
      expect(disks.map(({ index, sizeMiB }) => [index, sizeMiB]).sort()).toEqual([
        [0, 64],
        [1, 32],
        [2, 16],
      ]);
      expect(volumeGroupOf(place).foreign.entries()).toEqual([]);
    },
  },
];
