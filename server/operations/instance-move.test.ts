import { expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { expectNothingLeft } from './testing/nothing-left';
import { useWorld } from './testing/use-world';
import { mirrored, onVolumes, type Place, type World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

const contents = 'what the guest wrote';

async function prepare({ start = true } = {}) {
  const place = await world.makePlace({ nodes: 2 });
  const targetId = await world.makeInstance(place, { start, as: onVolumes });
  for (const pool of place.node.simulated.pools)
    for (const [name, volume] of pool.entries()) pool.put(name, { ...volume, holds: contents });
  const [source, target] = place.nodes;
  if (!source || !target) throw new Error('Two nodes are needed');
  return { place, targetId, source, target };
}

const move = async (place: Place, id: string, params: object = {}) =>
  untilEnded(
    world.db,
    await world.orderOn(place, id, { operation: 'instance.move', params: { timeoutS: 0, ...params } }),
  );
const holdsOf = (node: Place['node']) =>
  node.simulated.pools.flatMap((pool) => pool.entries().map(([, { holds }]) => holds));
const failure = new AppError('tool_failed', 'qemu-img: Input/output error');

it('goes back to the source, runs there, and leaves nothing at the target when the copy fails', async () => {
  const { place, targetId, source, target } = await prepare();
  source.simulated.faults.fail('copy.send', { nth: 3, error: failure });
  const job = await move(place, targetId);
  expect(job).toMatchObject({ status: 'error', needsAttention: false });
  expect(job.error).toMatchObject({ message: expect.stringContaining('Input/output error') });
  const instance = await world.db.instance.findUnique({ where: { id: targetId } });
  expect(instance).toMatchObject({ nodeId: source.id, adminState: 'up' });
  const { instances } = await world.agents.client.call(source, 'instance.list', {});
  expect(instances).toMatchObject([{ id: targetId, operState: 'running' }]);
  expect(holdsOf(source)).toEqual([contents, contents]);
  expect(holdsOf(target)).toEqual([]);
  await expectNothingLeft(world, { place, targetId });
});

it('runs at the source again when it cannot start at the target', async () => {
  const { place, targetId, source, target } = await prepare();
  target.simulated.faults.fail('hypervisor.start', { error: new AppError('no_resources', 'no memory') });
  expect(await move(place, targetId)).toMatchObject({ status: 'error', needsAttention: false });
  const { instances } = await world.agents.client.call(source, 'instance.list', {});
  expect(instances).toMatchObject([{ id: targetId, operState: 'running' }]);
  await expectNothingLeft(world, { place, targetId });
});

it('goes on when the source does not give its disks up any more', async () => {
  const { place, targetId, source, target } = await prepare({ start: false });
  const gone = new AppError('unavailable', 'gone');
  source.simulated.faults.fail('storage.remove', { error: gone });
  expect(await move(place, targetId)).toMatchObject({ status: 'success' });
  expect(await world.db.instance.findUnique({ where: { id: targetId } })).toMatchObject({
    nodeId: target.id,
  });
  expect(holdsOf(target)).toEqual([contents, contents]);
});

it('says what to do instead with mirrored disks, and where it is already', async () => {
  const { place, targetId, source } = await prepare({ start: false });
  const again = await move(place, targetId, { nodeId: source.id });
  expect(again.error).toMatchObject({ message: expect.stringMatching(/is on this node already$/) });
  const other = await world.makeInstance(place, { start: false, as: mirrored });
  const refused = await move(place, other);
  expect(refused.error).toMatchObject({
    code: 'wrong_state',
    message: expect.stringMatching(
      /its disks are mirrored\. Migrate it, or fail it over, to its other node$/,
    ),
  });
});
