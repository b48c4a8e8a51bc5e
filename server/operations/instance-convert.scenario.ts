import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, onVolumes, type World } from './testing/world';

export const instanceConvertScenarios: readonly Scenario[] = [
  {
    title: 'plain disks to mirrors',
    skips: ['look', 'leave-mirror', 'remove-old-side'],
    prepare: (world) => prepare(world, onVolumes),
    submit: (world, subject) => order(world, subject, 'drbd'),
    async verify(world, { place, targetId }) {
      const instance = await world.db.instance.findUnique({ where: { id: targetId } });
      expect(instance).toMatchObject({ diskTemplate: 'drbd', secondaryId: place.nodes[1]?.id });
    },
  },
  {
    title: 'mirrors to plain disks',
    skips: ['choose-node', 'create-disks', 'connect-mirrors', 'switch-template', 'synchronise'],
    prepare: (world) => prepare(world, mirrored),
    submit: (world, subject) => order(world, subject, 'plain'),
    async verify(world, { targetId }) {
      const instance = await world.db.instance.findUnique({ where: { id: targetId } });
      expect(instance).toMatchObject({ diskTemplate: 'plain', secondaryId: null });
      expect(await world.db.mirror.count({ where: { disk: { instanceId: targetId } } })).toBe(0);
    },
  },
];

async function prepare(world: World, as: typeof onVolumes | typeof mirrored) {
  const place = await world.makePlace({ nodes: 2 });
  return { place, targetId: await world.makeInstance(place, { start: false, as }) };
}

function order(world: World, { place, targetId }: Awaited<ReturnType<typeof prepare>>, to: string) {
  return world.orderOn(place, targetId, { operation: 'instance.convert', params: { to } });
}
