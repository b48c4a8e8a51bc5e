import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const instanceRebootScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: true }) };
  },
  submit: (world, { place, targetId }) => world.orderOn(place, targetId, { operation: 'instance.reboot' }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ adminState: 'up', operState: 'running', status: 'running' });
  },
};
