import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const nodeJoinScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ joined: false });
    return { place, targetId: place.node.id };
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.join', place, params: { nodeId } },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(world, { targetId }) {
    const node = await world.db.node.findUnique({ where: { id: targetId } });
    expect(node).toMatchObject({ state: 'online', problem: null, facts: { hostName: node?.name } });
    expect(node?.certificateExpiresAt).not.toBeNull();
  },
};
