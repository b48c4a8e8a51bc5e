import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const instancePauseScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: true }) };
  },
  submit: (world, { place, targetId }) => world.orderOn(place, targetId, { operation: 'instance.pause' }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ operState: 'paused', status: 'paused' });
  },
};

export const instanceResumeScenario: Scenario = {
  async prepare(world) {
    const subject = await instancePauseScenario.prepare(world);
    await world.runOn(subject.place, subject.targetId, { operation: 'instance.pause' });
    return subject;
  },
  submit: (world, { place, targetId }) => world.orderOn(place, targetId, { operation: 'instance.resume' }),
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ operState: 'running', status: 'running' });
  },
};
