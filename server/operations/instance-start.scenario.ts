import { expect } from 'vitest';
import { powerChargeOf } from '../quotas/charge';
import type { Scenario } from './testing/scenario';
import { shape } from './testing/world';

export const instanceStartScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: false }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, {
      operation: 'instance.start',
      amounts: powerChargeOf(shape, place.policy),
    }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ adminState: 'up', operState: 'running', status: 'running' });
  },
};
