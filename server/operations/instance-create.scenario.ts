import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, scriptedOs } from './testing/world';

const mirroredScenario: Scenario = {
  title: 'mirrored',
  skips: ['verify-os', 'deliver-image'],
  prepare: async (world) => ({ place: await world.makePlace({ nodes: 2 }), targetId: randomUUID() }),
  submit: (world, { place, targetId }) =>
    world.orderCreate(place, { id: targetId, start: true, as: mirrored }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, second] = place.nodes;
    expect(instance).toMatchObject({
      ...{ nodeId: first?.id, secondaryId: second?.id, lifecycle: 'ready', adminState: 'up' },
      ...{ operState: 'running', status: 'running' },
    });
  },
};

const scriptedScenario: Scenario = {
  title: 'with an OS of scripts',
  skips: ['connect-mirrors', 'deliver-image'],
  prepare: async (world) => ({ place: await world.makePlace(), targetId: randomUUID() }),
  submit: (world, { place, targetId }) =>
    world.orderCreate(place, { id: targetId, start: true, os: scriptedOs }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ lifecycle: 'ready', os: scriptedOs, operState: 'running' });
  },
};

const imagedScenario: Scenario = {
  title: 'from an image',
  skips: ['verify-os', 'connect-mirrors'],
  prepare: async (world) => {
    const place = await world.makePlace();
    await world.makeImage(place);
    return { place, targetId: randomUUID() };
  },
  async submit(world, { place, targetId }) {
    const { id: imageId } = await world.db.image.findFirstOrThrow({ where: { clusterId: place.clusterId } });
    return world.orderCreate(place, { id: targetId, start: true, os: { kind: 'image', imageId } });
  },
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ lifecycle: 'ready', os: { kind: 'image' }, operState: 'running' });
  },
};

export const instanceCreateScenarios = [mirroredScenario, scriptedScenario, imagedScenario];
