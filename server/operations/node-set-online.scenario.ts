import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const nodeSetOnlineScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    await world.db.node.update({
      where: { id: place.node.id },
      data: { state: 'offline', fencedAt: new Date(), fencedHow: 'declared' },
    });
    return { place, targetId: place.node.id };
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.setOnline', place, params: { nodeId, stopStrays: true } },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(world, { targetId }) {
    const node = await world.db.node.findUniqueOrThrow({ where: { id: targetId } });
    expect(node).toMatchObject({ state: 'online', fencedAt: null, fencedHow: null });
  },
};
