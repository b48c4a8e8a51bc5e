import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const instanceReplaceDisksScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 3 });
    return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.replaceDisks', params: { mode: 'newSecondary' } }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, , third] = place.nodes;
    expect(instance).toMatchObject({ nodeId: first?.id, secondaryId: third?.id, status: 'running' });
  },
};
