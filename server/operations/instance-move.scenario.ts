import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { onVolumes, type World } from './testing/world';

const contents = 'what the guest wrote';

async function prepare(world: World, start: boolean) {
  const place = await world.makePlace({ nodes: 2 });
  const targetId = await world.makeInstance(place, { start, as: onVolumes });
  for (const pool of place.node.simulated.pools)
    for (const [name, volume] of pool.entries()) pool.put(name, { ...volume, holds: contents });
  return { place, targetId };
}

const scenario = (title: string, start: boolean): Scenario => ({
  title,
  prepare: (world) => prepare(world, start),
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.move', params: { timeoutS: 0 } }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    const [first, second] = place.nodes;
    const status = start ? 'running' : 'stopped';
    expect(instance).toMatchObject({ nodeId: second?.id, secondaryId: null, status });
    const entries = (node: typeof first) => node?.simulated.pools.flatMap((pool) => pool.entries()) ?? [];
    expect(entries(first)).toEqual([]);
    expect(entries(second).map(([, { holds }]) => holds)).toEqual([contents, contents]);
  },
});

export const instanceMoveScenarios = [scenario('running', true), scenario('stopped', false)];
