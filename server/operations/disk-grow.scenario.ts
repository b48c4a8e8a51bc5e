import { expect } from 'vitest';
import { noAmounts } from '../quotas/charge';
import { firstDisk } from './testing/first-disk';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

const newSizeMiB = 96;

export const diskGrowScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
  },
  async submit(world, { place, targetId }) {
    const { id: diskId, sizeMiB } = await firstDisk(world, targetId);
    const amounts = { ...noAmounts, diskMiB: newSizeMiB - sizeMiB };
    return world.orderOn(place, targetId, {
      operation: 'disk.grow',
      params: { diskId, newSizeMiB },
      amounts,
    });
  },
  async verify(world, { targetId }) {
    expect((await firstDisk(world, targetId)).sizeMiB).toBe(newSizeMiB);
  },
};
