import { expect } from 'vitest';
import { parseFacts } from '../db/nodes';
import type { Scenario } from './testing/scenario';

export const nodeCheckScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    await world.db.node.update({ where: { id: place.node.id }, data: { facts: {} } });
    return { place, targetId: place.node.id };
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.check', place, params: { nodeId } },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(world, { targetId }) {
    const { facts } = await world.db.node.findUniqueOrThrow({ where: { id: targetId } });
    expect(parseFacts(facts)?.checks).toMatchObject([{ code: 'simulated', state: 'ok' }]);
  },
};
