import { once } from 'node:events';
import { expect, it } from 'vitest';
import { untilEnded, untilJob } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import { mirrored, type World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

it('knows no node elsewhere any more when the instance belongs where it was seen', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const id = await world.makeInstance(place, { start: true, as: mirrored });
  const [, second] = place.nodes;
  await world.db.instance.update({ where: { id }, data: { elsewhereId: second?.id } });
  const jobId = await world.orderOn(place, id, {
    operation: 'instance.failover',
    params: { timeoutS: 0 },
  });
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'success' });
  expect(await world.db.instance.findUnique({ where: { id } })).toMatchObject({
    nodeId: second?.id,
    elsewhereId: null,
    status: 'running',
  });
});

it('goes back when the mirror is lost while the instance is being stopped', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const id = await world.makeInstance(place, { start: true, as: mirrored });
  const [first, second] = place.nodes;
  const release = first?.simulated.faults.hang('hypervisor.stop');
  const jobId = await world.orderOn(place, id, {
    operation: 'instance.failover',
    params: { timeoutS: 60 },
  });
  await untilJob(world.db, jobId, () => (first?.simulated.faults.count('hypervisor.stop') ?? 0) > 0);
  world.agents.nodes.wire.cut(second?.id ?? '');
  release?.();
  expect(await untilEnded(world.db, jobId)).toMatchObject({
    status: 'error',
    error: { code: 'wrong_state', message: expect.stringContaining('is not mirrored completely') },
  });
  expect(await world.db.instance.findUnique({ where: { id } })).toMatchObject({
    nodeId: first?.id,
    status: 'running',
  });
});

it('lets go of who sits at the serial line of the old node, so that they find the new one', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const id = await world.makeInstance(place, { start: true, as: mirrored });
  const line = await world.agents.client.openConsole(place.node, id, 'serial');
  const ended = once(line.resume(), 'end');
  const jobId = await world.orderOn(place, id, {
    operation: 'instance.failover',
    params: { timeoutS: 0 },
  });
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'success' });
  await ended;
});
