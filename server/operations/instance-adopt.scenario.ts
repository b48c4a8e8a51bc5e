import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { orderAdoption, theirDomain } from './testing/foreign-domains';
import type { Scenario } from './testing/scenario';

export const instanceAdoptScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    const { id } = theirDomain(place, { id: randomUUID(), disksMiB: [64, 32] });
    return { place, targetId: id };
  },
  submit: (world, { place, targetId }) => orderAdoption(world, place, targetId),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ lifecycle: 'ready', adminState: 'up', operState: 'running' });
    expect(place.node.simulated.foreign.entries()).toEqual([]);
  },
};
