import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, type World } from './testing/world';

const old = 'what was there before';

async function prepare(world: World, nodes: number) {
  const place = await world.makePlace({ nodes });
  const targetId = await world.makeInstance(place, { start: false, as: mirrored });
  for (const { simulated } of place.nodes)
    for (const pool of simulated.pools)
      for (const [name, volume] of pool.entries()) pool.put(name, { ...volume, holds: old });
  return { place, targetId };
}

type Way = { nodes: number; params: object; lies: (ids: string[]) => object };

const scenario = (title: string, skips: string[], { nodes, params, lies }: Way): Scenario => ({
  title,
  skips,
  prepare: (world) => prepare(world, nodes),
  submit: (world, { place, targetId }) =>
    world.orderOn(place, targetId, { operation: 'instance.recreateDisks', params }),
  async verify(world, { place, targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId } });
    expect(instance).toMatchObject({ ...lies(place.nodes.map(({ id }) => id)), status: 'stopped' });
    const volumes = place.nodes.flatMap(({ simulated }) => simulated.pools.flatMap((pool) => pool.entries()));
    expect(volumes.map(([, { holds }]) => holds)).not.toContain(old);
    await world.runOn(place, targetId, { operation: 'instance.activateDisks' });
  },
});

export const instanceRecreateDisksScenarios = [
  scenario('on the same nodes', ['choose-node', 'create-disks', 'remove-source'], {
    ...{ nodes: 2, params: {} },
    lies: ([first, second]) => ({ nodeId: first, secondaryId: second }),
  }),
  scenario('on other nodes', [], {
    ...{ nodes: 3, params: { relocate: true } },
    lies: ([, second, third]) => ({
      nodeId: expect.toBeOneOf([second, third]),
      secondaryId: expect.toBeOneOf([second, third]),
    }),
  }),
];
