import { expect } from 'vitest';
import { lookAtSides } from './testing/look-at-sides';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const instanceDeactivateDisksScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return { place, targetId: await world.makeInstance(place, { start: false, as: mirrored }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.deactivateDisks' }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ disksActive: false, status: 'disksInactive' });
    const sides = await lookAtSides(world, place, targetId);
    expect(sides.map(({ connection }) => connection)).toEqual(['down', 'down', 'down', 'down']);
  },
};
