import { expect } from 'vitest';
import { noAmounts } from '../quotas/charge';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const diskAddScenario: Scenario = {
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
};
