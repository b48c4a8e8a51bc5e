import { expect } from 'vitest';
import { listFindings } from '../db/verify-findings';
import type { Scenario } from './testing/scenario';

export const clusterVerifyScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    await world.makeInstance(place, { start: true });
    return { place, targetId: place.clusterId };
  },
  submit: (world, { place, targetId }) =>
    world.order({
      ...{ operation: 'cluster.verify', place, params: { clusterId: place.clusterId } },
      target: { kind: 'cluster', id: targetId, name: 'the cluster' },
    }),
  async verify(world, { place: { clusterId } }) {
    expect(await listFindings(world.db, { clusterId })).toEqual([]);
    const cluster = await world.db.cluster.findUnique({ where: { id: clusterId } });
    expect(cluster?.verifiedAt).not.toBeNull();
  },
};
