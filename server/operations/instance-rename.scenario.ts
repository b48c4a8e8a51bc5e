import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, scriptedOs } from './testing/world';

const newNameOf = (id: string) => `renamed-${id.slice(0, 8)}`;

export const instanceRenameScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return {
      place,
      targetId: await world.makeInstance(place, { start: false, as: mirrored, os: scriptedOs }),
    };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, {
      operation: 'instance.rename',
      params: { newName: newNameOf(targetId) },
    }),
  async verify(world, { place, targetId }) {
    const name = newNameOf(targetId);
    expect(await world.db.instance.findUnique({ where: { id: targetId } })).toMatchObject({ name });
    for (const node of place.nodes) {
      const { defined } = await world.agents.client.call(node, 'instance.list', {});
      expect(defined).toMatchObject([{ id: targetId, name }]);
    }
  },
};
