import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, scriptedOs } from './testing/world';

const mirroredScenario: Scenario = {
  title: 'mirrored',
  skips: ['verify-os'],
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
  skips: ['connect-mirrors'],
  prepare: async (world) => ({ place: await world.makePlace(), targetId: randomUUID() }),
  submit: (world, { place, targetId }) =>
    world.orderCreate(place, { id: targetId, start: true, os: scriptedOs }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ lifecycle: 'ready', os: scriptedOs, operState: 'running' });
  },
};

export const instanceCreateScenarios = [mirroredScenario, scriptedScenario];
