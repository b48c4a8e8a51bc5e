import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, scriptedOs } from './testing/world';

const keeping: Scenario = {
  title: 'keeping its other disks',
  skips: ['renew-disks', 'deliver-image'],
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
  skips: ['deliver-image'],
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

const fromImage: Scenario = {
  title: 'from an image',
  skips: ['renew-disks'],
  async prepare(world) {
    const place = await world.makePlace();
    await world.makeImage(place);
    return { place, targetId: await world.makeInstance(place, { start: false }) };
  },
  async submit(world, { place, targetId }) {
    const { id: imageId } = await world.db.image.findFirstOrThrow({ where: { clusterId: place.clusterId } });
    const params = { os: { kind: 'image', imageId }, eraseDisks: false };
    return world.orderOn(place, targetId, { operation: 'instance.reinstall', params });
  },
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ os: { kind: 'image' }, adminState: 'down', operState: 'absent' });
  },
};

export const instanceReinstallScenarios = [keeping, erasing, fromImage];
