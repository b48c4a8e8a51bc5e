import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

/** Mirrors were left so that both sides may be primary, as a migration has them. */
export const instanceCleanupMigrationScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    const targetId = await world.makeInstance(place, { start: true, as: mirrored });
    for (const node of place.nodes) {
      const { defined } = await world.agents.client.call(node, 'instance.list', {});
      for (const { id: diskId, sizeMiB, spec } of defined.flatMap(({ disks }) => disks))
        await world.agents.client.call(node, 'mirror.connect', {
          ...{ instanceId: targetId, diskId, sizeMiB, spec, wish: 'twoPrimaries' },
        });
    }
    return { place, targetId };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.cleanupMigration' }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, second] = place.nodes;
    expect(instance).toMatchObject({ nodeId: first?.id, secondaryId: second?.id, status: 'running' });
    for (const node of place.nodes) {
      const { defined } = await world.agents.client.call(node, 'instance.list', {});
      const disks = defined.flatMap((one) =>
        one.disks.map(({ id: diskId, sizeMiB, spec }) => ({ instanceId: targetId, diskId, sizeMiB, spec })),
      );
      expect(disks).toHaveLength(2);
      const devices = await world.agents.client.call(node, 'mirror.devices', { disks });
      expect(devices).toMatchObject({ twoPrimaries: [], minors: expect.any(Array) });
    }
  },
};
