import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const instanceCreateScenario: Scenario = {
  prepare: async (world) => ({ place: await world.makePlace({ nodes: 2 }), targetId: randomUUID() }),
  submit: (world, { place, targetId }) =>
    world.orderCreate(place, { id: targetId, start: true, as: mirrored }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, second] = place.nodes;
    expect(instance).toMatchObject({
      ...{ nodeId: first?.id, secondaryId: second?.id, lifecycle: 'ready', adminState: 'up' },
      ...{ operState: 'running', status: 'running' },
    });
  },
};
