import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, scriptedOs } from './testing/world';

const keeping: Scenario = {
  title: 'keeping its other disks',
  skips: ['renew-disks'],
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: false }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, {
      operation: 'instance.reinstall',
      params: { os: scriptedOs, eraseDisks: false },
    }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ os: scriptedOs, adminState: 'down', operState: 'absent' });
  },
};

const erasing: Scenario = {
  title: 'erasing mirrored disks',
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    return { place, targetId: await world.makeInstance(place, { start: false, as: mirrored }) };
  },
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, {
      operation: 'instance.reinstall',
      params: { os: { kind: 'tiny' }, eraseDisks: true },
    }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ os: { kind: 'tiny' }, adminState: 'down', operState: 'absent' });
  },
};

export const instanceReinstallScenarios = [keeping, erasing];
