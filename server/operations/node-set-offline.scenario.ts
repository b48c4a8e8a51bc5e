import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

/** Nobody listens there. */
const deadAddress = '127.0.0.1:1';

export const nodeSetOfflineScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    const name = `lost-${randomUUID().slice(0, 8)}`;
    const { clusterId } = place;
    const { id } = await world.db.node.create({
      data: { clusterId, name, address: deadAddress, state: 'unreachable' },
    });
    return { place, targetId: id };
  },
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.setOffline', place, params: { nodeId } },
      target: { kind: 'node', id: nodeId, name: 'lost' },
    }),
  async verify(world, { targetId }) {
    const node = await world.db.node.findUniqueOrThrow({ where: { id: targetId } });
    expect(node).toMatchObject({ state: 'offline', fencedHow: 'declared' });
    expect(node.fencedAt).not.toBeNull();
  },
};
