import { expect, it } from 'vitest';
import { keptSideName } from '@/contract/kept-side';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { firstDisk } from './testing/first-disk';
import { lookAtSides } from './testing/look-at-sides';
import { diskAsToldTo, splitBrain } from './testing/split-brain';
import { useWorld } from './testing/use-world';
import { mirrored, type Place, type World } from './testing/world';

let world: World;

useWorld((used) => ({ world } = used));

async function makePair(): Promise<{
  place: Place;
  instanceId: string;
  diskId: string;
  first: string;
  second: string;
}> {
  const place = await world.makePlace({ nodes: 2 });
  const instanceId = await world.makeInstance(place, { start: true, as: mirrored });
  const { id: diskId } = await firstDisk(world, instanceId);
  const [first = '', second = ''] = place.nodes.map(({ id }) => id);
  return { place, instanceId, diskId, first, second };
}

type Pair = Awaited<ReturnType<typeof makePair>>;

async function repair({ place, instanceId, diskId }: Pair, keepNodeId: string) {
  const params = { diskId, keepNodeId };
  return untilEnded(
    world.db,
    await world.orderOn(place, instanceId, { operation: 'instance.repairMirror', params }),
  );
}

async function contentOn({ place, instanceId, diskId }: Pair, index: number): Promise<string | undefined> {
  const node = place.nodes[index];
  if (!node) return undefined;
  return node.simulated.mirrors.read(await diskAsToldTo(world, node, { instanceId, diskId }));
}

it('overwrites the side that was not chosen, and keeps what it held as a snapshot there', async () => {
  const pair = await makePair();
  await splitBrain(world, pair.place, pair);
  const split = await lookAtSides(world, pair.place, pair.instanceId);
  expect(split.filter((status) => status.splitBrain)).toHaveLength(2);
  const job = await repair(pair, pair.first);
  expect(job).toMatchObject({ status: 'success', error: null });
  expect([await contentOn(pair, 0), await contentOn(pair, 1)]).toEqual(['first', 'first']);
  const name = keptSideName(pair.diskId, job.id);
  const kept = pair.place.nodes.map((node) => node.simulated.pools.some((pool) => pool.get(name)));
  expect(kept).toEqual([false, true]);
});

it('keeps the side of the secondary node once the instance is stopped, and not while it runs', async () => {
  const pair = await makePair();
  await splitBrain(world, pair.place, pair);
  const refused = await repair(pair, pair.second);
  expect(refused).toMatchObject({ status: 'error', error: { code: 'busy' }, needsAttention: false });
  expect([await contentOn(pair, 0), await contentOn(pair, 1)]).toEqual(['first', 'second']);
  await world.runOn(pair.place, pair.instanceId, {
    operation: 'instance.stop',
    params: { force: true, timeoutS: 1 },
  });
  expect(await repair(pair, pair.second)).toMatchObject({ status: 'success', error: null });
  expect([await contentOn(pair, 0), await contentOn(pair, 1)]).toEqual(['second', 'second']);
});

it('touches nothing where the sides do not contradict each other, or where the node is none of its two', async () => {
  const pair = await makePair();
  expect(await repair(pair, pair.first)).toMatchObject({
    error: { code: 'wrong_state', message: expect.stringContaining('do not contradict each other') },
  });
  const stranger = (await world.makePlace()).node.id;
  expect(await repair(pair, stranger)).toMatchObject({ error: { code: 'invalid' } });
  for (const status of await lookAtSides(world, pair.place, pair.instanceId))
    expect(status).toMatchObject({ connection: 'connected', diskState: 'upToDate' });
});
