import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, type World } from './testing/world';

const onNewSecondary = ['choose-node', 'create-disks', 'switch-secondary', 'remove-old-side'];

export const instanceReplaceDisksScenario: readonly Scenario[] = [
  {
    title: 'to a new secondary node',
    skips: ['renew-side'],
    prepare,
    submit: (world, subject) => order(world, subject, 'newSecondary'),
    async verify(world, { place, targetId }) {
      const instance = await world.db.instance.findUnique({ where: { id: targetId } });
      const [first, , third] = place.nodes;
      expect(instance).toMatchObject({ nodeId: first?.id, secondaryId: third?.id, status: 'running' });
    },
  },
  {
    title: 'on the secondary node',
    skips: onNewSecondary,
    prepare,
    submit: (world, subject) => order(world, subject, 'secondary'),
    async verify(world, { place, targetId }) {
      const instance = await world.db.instance.findUnique({ where: { id: targetId } });
      const [first, second] = place.nodes;
      expect(instance).toMatchObject({ nodeId: first?.id, secondaryId: second?.id, status: 'running' });
    },
  },
];

async function prepare(world: World) {
  const place = await world.makePlace({ nodes: 3 });
  return { place, targetId: await world.makeInstance(place, { start: true, as: mirrored }) };
}

function order(world: World, { place, targetId }: Awaited<ReturnType<typeof prepare>>, mode: string) {
  return world.orderOn(place, targetId, { operation: 'instance.replaceDisks', params: { mode } });
}
