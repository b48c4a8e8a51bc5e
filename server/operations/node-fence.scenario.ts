import { expect } from 'vitest';
import { nodeSetOfflineScenario } from './node-set-offline.scenario';
import type { Scenario } from './testing/scenario';

export const nodeFenceScenario: Scenario = {
  async prepare(world) {
    const subject = await nodeSetOfflineScenario.prepare(world);
    const { clusterId } = subject.place;
    await world.db.cluster.update({ where: { id: clusterId }, data: { fenceHook: 'simulated' } });
    return subject;
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.fence', place, params: { nodeId } },
      target: { kind: 'node', id: nodeId, name: 'lost' },
    }),
  async verify(world, { place, targetId }) {
    const node = await world.db.node.findUniqueOrThrow({ where: { id: targetId } });
    expect(node).toMatchObject({ state: 'offline', fencedHow: 'hook' });
    expect(place.node.simulated.faults.count('fence.off')).toBeGreaterThan(0);
    expect(place.node.simulated.faults.count('fence.status')).toBeGreaterThan(0);
  },
};
