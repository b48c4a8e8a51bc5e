import { expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { expectNothingLeft } from './testing/nothing-left';
import { useWorld } from './testing/use-world';
import { mirrored, onVolumes, type Place, type World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

const old = 'what was there before';

async function prepare({
  nodes = 2,
  start = false,
  as = onVolumes as typeof onVolumes | typeof mirrored,
} = {}) {
  const place = await world.makePlace({ nodes });
  const targetId = await world.makeInstance(place, { start, as });
  for (const { simulated } of place.nodes)
    for (const pool of simulated.pools)
      for (const [name, volume] of pool.entries()) pool.put(name, { ...volume, holds: old });
  const disks = await world.db.disk.findMany({ where: { instanceId: targetId }, orderBy: { index: 'asc' } });
  return { place, targetId, diskIds: disks.map(({ id }) => id) };
}

const recreate = async (place: Place, id: string, params: object = {}) =>
  untilEnded(world.db, await world.orderOn(place, id, { operation: 'instance.recreateDisks', params }));
const volumesOf = ({ simulated }: Place['node']) => simulated.pools.flatMap((pool) => pool.entries());
const row = (id: string) => world.db.instance.findUniqueOrThrow({ where: { id } });

/** Behind a cut cable; `fenced`: known to be off. */
async function lose(place: Place, { fenced }: { fenced: boolean }) {
  const { id } = place.node;
  await world.agents.nodes.cut(id);
  const data = fenced
    ? { state: 'offline', fencedAt: new Date(), fencedHow: 'declared' }
    : { state: 'unreachable' };
  await world.db.node.update({ where: { id }, data });
}

it('makes only the chosen disk anew', async () => {
  const { place, targetId, diskIds } = await prepare();
  const [first = '', second = ''] = diskIds;
  expect(await recreate(place, targetId, { diskIds: [second] })).toMatchObject({ status: 'success' });
  const held = new Map(volumesOf(place.node).map(([, { diskId, holds }]) => [diskId, holds]));
  expect(held.get(first)).toBe(old);
  expect(held.has(second)).toBe(true);
  expect(held.get(second)).toBeUndefined();
  await expectNothingLeft(world, { place, targetId });
});

it('makes disks that a node has lost', async () => {
  const { place, targetId, diskIds } = await prepare();
  for (const pool of place.node.simulated.pools) for (const id of diskIds) pool.removeOf(id);
  expect(await recreate(place, targetId)).toMatchObject({ status: 'success' });
  expect(volumesOf(place.node)).toHaveLength(2);
  await world.runOn(place, targetId, { operation: 'instance.start' });
  await expectNothingLeft(world, { place, targetId });
});

it('puts them on another node when its own is known to be off, and says what stays there', async () => {
  const { place, targetId } = await prepare();
  const [, second] = place.nodes;
  await lose(place, { fenced: true });
  const here = await recreate(place, targetId);
  expect(here.error).toMatchObject({ message: expect.stringMatching(/is offline\. Choose other nodes/) });
  const job = await recreate(place, targetId, { relocate: true });
  expect(job).toMatchObject({ status: 'success', error: null });
  expect(await row(targetId)).toMatchObject({ nodeId: second?.id, status: 'stopped' });
  const log = await world.db.jobLogLine.findMany({ where: { jobId: job.id } });
  expect(log.map(({ message }) => message).join('\n')).toMatch(/is offline: what .* stays on it/);
  await world.runOn(place, targetId, { operation: 'instance.start' });
});

it('takes the other side along when mirrors lose their primary node', async () => {
  const { place, targetId } = await prepare({ nodes: 3, as: mirrored });
  const [first, second, third] = place.nodes;
  const ports = () =>
    world.db.mirror.findMany({ where: { disk: { instanceId: targetId } }, orderBy: { port: 'asc' } });
  const before = await ports();
  await lose(place, { fenced: true });
  const wish = { nodeId: third?.id, secondaryId: second?.id };
  expect(await recreate(place, targetId, wish)).toMatchObject({ status: 'success', error: null });
  expect(await row(targetId)).toMatchObject(wish);
  expect(await ports()).toEqual(before);
  expect(await world.db.mirrorSide.count({ where: { nodeId: first?.id } })).toBe(0);
  await world.runOn(place, targetId, { operation: 'instance.start' });
});

it('waits for certainty that the instance runs nowhere', async () => {
  const { place, targetId } = await prepare();
  await lose(place, { fenced: false });
  const job = await recreate(place, targetId, { relocate: true });
  expect(job.error).toMatchObject({ message: expect.stringMatching(/may still run there\. Power .* off/) });
});

it('touches no disk of an instance that runs', async () => {
  const { place, targetId } = await prepare({ start: true });
  const job = await recreate(place, targetId);
  expect(job.error).toMatchObject({ message: expect.stringMatching(/: it runs on /) });
  expect(volumesOf(place.node).map(([, { holds }]) => holds)).toEqual([old, old]);
});

it('lies where it lay, and holds what it held, when another node cannot make them', async () => {
  const { place, targetId } = await prepare({ nodes: 3, as: mirrored });
  const [first, second, third] = place.nodes;
  third?.simulated.faults.fail('storage.create', { error: new AppError('no_resources', 'full') });
  const wish = { nodeId: third?.id, secondaryId: second?.id };
  expect(await recreate(place, targetId, wish)).toMatchObject({ status: 'error', needsAttention: false });
  expect(await row(targetId)).toMatchObject({ nodeId: first?.id, secondaryId: second?.id });
  expect(await world.db.mirrorSide.count({ where: { nodeId: third?.id } })).toBe(0);
  const held = place.nodes.flatMap(volumesOf).filter(([, { part }]) => part !== 'meta');
  expect(new Set(held.map(([, { holds }]) => holds))).toEqual(new Set([old]));
  await expectNothingLeft(world, { place, targetId });
});
