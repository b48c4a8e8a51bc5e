import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const instanceFailoverScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.failover', params: { timeoutS: 0 } }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, second] = place.nodes;
    expect(instance).toMatchObject({ nodeId: second?.id, secondaryId: first?.id, status: 'running' });
  },
};
