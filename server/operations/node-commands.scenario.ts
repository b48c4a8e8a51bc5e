import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario, Subject } from './testing/scenario';
import type { World } from './testing/world';

async function prepare(world: World): Promise<Subject> {
  const place = await world.makePlace();
  place.node.simulated.operator.allow(true);
  return { place, targetId: place.node.id };
}

export const nodeRunCommandScenario: Scenario = {
  prepare,
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.runCommand', place },
      params: { nodeId, runId: randomUUID(), command: 'uptime', timeoutS: 10 },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(_world, { place }) {
    expect(place.node.simulated.faults.count('command.run')).toBe(1);
  },
};

export const nodePutFileScenario: Scenario = {
  prepare,
  submit: (world, { place, targetId: nodeId }) =>
    world.order({
      ...{ operation: 'node.putFile', place },
      params: { nodeId, path: '/etc/motd', mode: '0644', content: 'Hello' },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    }),
  async verify(_world, { place }) {
    expect(place.node.simulated.operator.files().get('/etc/motd')).toMatchObject({ content: 'Hello' });
  },
};
