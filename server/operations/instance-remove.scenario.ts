import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const instanceRemoveScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: true }) };
  },
  submit: (world, { place, targetId }) => world.orderOn(place, targetId, { operation: 'instance.remove' }),
  async verify(world, { targetId }) {
    expect(await world.db.instance.findUnique({ where: { id: targetId } })).toBeNull();
  },
};
