import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const nodeRemoveScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: place.node.id };
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.remove', place, params: { nodeId } },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(world, { targetId }) {
    expect(await world.db.node.findUnique({ where: { id: targetId } })).toBeNull();
  },
};
