import { expect } from 'vitest';
import { firstDisk } from './testing/first-disk';
import { lookAtSides } from './testing/look-at-sides';
import type { Scenario } from './testing/scenario';
import { splitBrain } from './testing/split-brain';
import { mirrored } from './testing/world';

export const instanceRepairMirrorScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    const targetId = await world.makeInstance(place, { start: true, as: mirrored });
    const { id: diskId } = await firstDisk(world, targetId);
    await splitBrain(world, place, { instanceId: targetId, diskId });
    return { place, targetId };
  },
  async submit(world, { place, targetId }) {
    const { id: diskId } = await firstDisk(world, targetId);
    const params = { diskId, keepNodeId: place.node.id };
    return world.orderOn(place, targetId, { operation: 'instance.repairMirror', params });
  },
  async verify(world, { place, targetId }) {
    const seen = await lookAtSides(world, place, targetId);
    expect(seen).toHaveLength(4);
    for (const status of seen)
      expect(status).toMatchObject({ connection: 'connected', diskState: 'upToDate', splitBrain: false });
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ nodeId: place.node.id, status: 'running' });
  },
};
