import { expect, it } from 'vitest';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import { mirrored, type World } from './testing/world';

let world: World;

useWorld((used) => ({ world } = used));

it('keeps the old side and its minors where it failed after the switch and could not go back', async () => {
  const place = await world.makePlace({ nodes: 3 });
  const [, old, next] = place.nodes;
  if (!old || !next) throw new Error('three nodes');
  const instanceId = await world.makeInstance(place, { start: true, as: mirrored });
  const minorsOf = (nodeId: string) =>
    world.db.mirrorSide.findMany({ where: { nodeId }, orderBy: { minor: 'asc' } });
  const before = await minorsOf(old.id);
  // The new side does not come up, neither as it is asked for nor when the job is undone.
  for (const nth of [1, 2]) next.simulated.faults.fail('storage.assemble', { nth });
  const params = { mode: 'newSecondary', nodeId: next.id };
  const ordered = await world.orderOn(place, instanceId, { operation: 'instance.replaceDisks', params });
  expect(await untilEnded(world.db, ordered)).toMatchObject({ status: 'error', needsAttention: true });
  const instance = await world.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
  expect(instance.secondaryId).toBe(next.id);
  expect((await minorsOf(old.id)).map(({ minor }) => minor)).toEqual(before.map(({ minor }) => minor));
  expect(before).toHaveLength(2);
  expect(await minorsOf(next.id)).toHaveLength(2);
});
