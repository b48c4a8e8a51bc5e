import { expect } from 'vitest';
import { firstDisk } from './testing/first-disk';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const diskRemoveScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
  },
  async submit(world, { place, targetId }) {
    const { id: diskId } = await firstDisk(world, targetId);
    return world.orderOn(place, targetId, { operation: 'disk.remove', params: { diskId } });
  },
  async verify(world, { targetId }) {
    const disks = await world.db.disk.findMany({ where: { instanceId: targetId } });
    expect(disks.map(({ index, sizeMiB }) => [index, sizeMiB])).toEqual([[1, 32]]);
  },
};
