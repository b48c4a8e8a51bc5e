import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const instanceStopScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: true }) };
  },
  submit: (world, { place, targetId }) => world.orderOn(place, targetId, { operation: 'instance.stop' }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ adminState: 'down', operState: 'absent', status: 'stopped' });
    expect(place.node.simulated.pluggedNics()).toEqual([]);
  },
};
