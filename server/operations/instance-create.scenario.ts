import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const instanceCreateScenario: Scenario = {
  prepare: async (world) => ({ place: await world.makePlace(), targetId: randomUUID() }),
  submit: (world, { place, targetId }) => world.orderCreate(place, { id: targetId, start: true }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({
      ...{ nodeId: place.node.id, lifecycle: 'ready', adminState: 'up' },
      ...{ operState: 'running', status: 'running' },
    });
  },
};
