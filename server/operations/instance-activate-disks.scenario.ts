import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored } from './testing/world';

export const instanceActivateDisksScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    const targetId = await world.makeInstance(place, { start: false, as: mirrored });
    await world.runOn(place, targetId, { operation: 'instance.deactivateDisks' });
    return { place, targetId };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.activateDisks' }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({
      where: { id: targetId },
      include: { disks: { include: { mirror: { include: { sides: true } } } } },
    });
    expect(instance).toMatchObject({ disksActive: true, adminState: 'down', status: 'stopped' });
    const sides = instance?.disks.flatMap((disk) => disk.mirror?.sides ?? []) ?? [];
    expect(sides.map((side) => side.status)).toMatchObject(
      sides.map(() => ({ connection: 'connected', diskState: 'upToDate', role: 'secondary' })),
    );
    expect(sides).toHaveLength(4);
  },
};
