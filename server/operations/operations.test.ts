import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { untilEnded, untilJob } from '../jobs/testing/engine-on-database';
import { requestCancel } from '../jobs/submit';
import { operations } from './registry';
import { expectNothingLeft, expectSoundLedger } from './testing/nothing-left';
import { useWorld } from './testing/use-world';
import { type World } from './testing/world';

let agents: SimulatedCluster;
let world: World;

useWorld((used) => ({ agents, world } = used));
afterEach(() => expectSoundLedger(world));

const instanceOf = (id: string) => world.db.instance.findUnique({ where: { id } });

it('says with numbers why no node can take an instance, and takes everything back', async () => {
  const place = await world.makePlace();
  const facts = await agents.client.call(place.node, 'node.facts', {});
  const small = { ...facts, memory: { totalMiB: 700, freeMiB: 700 } };
  await world.db.node.update({ where: { id: place.node.id }, data: { facts: small } });
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const ids = [first, second, third];
  const jobs = await Promise.all(ids.map((id) => world.orderCreate(place, { id, start: false })));
  const ended = await Promise.all(jobs.map((id) => untilEnded(world.db, id)));
  // 700 MiB less the node's own share hold two of 256 MiB, however many are placed at the same moment.
  expect(ended.map((job) => job.status).sort()).toEqual(['error', 'success', 'success']);
  const refused = ended.find((job) => job.status === 'error');
  expect(refused?.error).toMatchObject({
    code: 'no_resources',
    message: expect.stringContaining('256 MiB needed'),
  });
  expect(await instanceOf(refused?.targetId ?? '')).toBeNull();
  await expectNothingLeft(world, { place, targetId: first });
});

it('keeps and charges what could not be undone, until it is removed', async () => {
  const place = await world.makePlace();
  const { faults } = place.node.simulated;
  const broken = new AppError('tool_failed', 'The disk is stuck');
  faults.fail('os.install');
  faults.fail('storage.remove', { error: broken });
  const id = randomUUID();
  const job = await untilEnded(world.db, await world.orderCreate(place, { id, start: true }));
  expect(job).toMatchObject({ status: 'error', needsAttention: true });
  expect(job.error).toMatchObject({ message: expect.stringContaining('Not everything could be undone') });
  expect(await instanceOf(id)).toMatchObject({
    lifecycle: 'ready',
    status: 'errorDown',
    nodeId: place.node.id,
  });
  await expectSoundLedger(world);
  const removal = await world.orderOn(place, id, { operation: 'instance.remove' });
  expect(await untilEnded(world.db, removal)).toMatchObject({ status: 'success' });
  expect((await agents.client.call(place.node, 'disk.list', {})).disks).toEqual([]);
});

it('leaves an instance running when its stop is canceled while the guest is asked', async () => {
  const place = await world.makePlace();
  const id = await world.makeInstance(place, { start: true });
  const release = place.node.simulated.faults.hang('hypervisor.stop');
  const jobId = await world.orderOn(place, id, { operation: 'instance.stop' });
  await untilJob(world.db, jobId, () => place.node.simulated.faults.count('hypervisor.stop') > 0);
  await world.db.$transaction((tx) => requestCancel(tx, jobId));
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'canceled', needsAttention: false });
  release();
  expect(await instanceOf(id)).toMatchObject({ adminState: 'up', status: 'running' });
  await expectNothingLeft(world, { place, targetId: id });
});

it('takes up a removal where an earlier one failed', async () => {
  const place = await world.makePlace();
  const id = await world.makeInstance(place, { start: true });
  place.node.simulated.faults.fail('storage.remove', { nth: 2 });
  const failed = await untilEnded(world.db, await world.orderOn(place, id, { operation: 'instance.remove' }));
  expect(failed).toMatchObject({ status: 'error', needsAttention: false, error: { code: 'tool_failed' } });
  expect(await instanceOf(id)).toMatchObject({ lifecycle: 'removing' });
  await expectNothingLeft(world, { place, targetId: id });
});

it('refuses to remove a node with instances, and removes one that does not answer any more', async () => {
  const place = await world.makePlace();
  const { node } = place;
  const id = await world.makeInstance(place, { start: false });
  const target = { kind: 'node', id: node.id, name: node.name } as const;
  const remove = { operation: 'node.remove', place, target, params: { nodeId: node.id } } as const;
  expect(await untilEnded(world.db, await world.order(remove))).toMatchObject({
    status: 'error',
    error: { code: 'wrong_state' },
  });
  await untilEnded(world.db, await world.orderOn(place, id, { operation: 'instance.remove' }));
  await agents.nodes.cut(node.id);
  await world.db.node.update({ where: { id: node.id }, data: { state: 'unreachable' } });
  expect(await untilEnded(world.db, await world.order(remove))).toMatchObject({ status: 'success' });
  expect(await world.db.node.findUnique({ where: { id: node.id } })).toBeNull();
});

it('resets a running instance without stopping it', async () => {
  const place = await world.makePlace();
  const id = await world.makeInstance(place, { start: true });
  const order = { operation: 'instance.reboot', params: { hard: true } } as const;
  expect(await untilEnded(world.db, await world.orderOn(place, id, order))).toMatchObject({
    status: 'success',
  });
  expect(place.node.simulated.faults.count('hypervisor.reset')).toBe(1);
  expect(place.node.simulated.faults.count('hypervisor.stop')).toBe(0);
});

it.each([true, false])('waits for no room on a node when a stop is forced: %s', (force) => {
  const params = { instanceId: randomUUID(), force };
  expect(operations['instance.stop'].bind(params).isUrgent).toBe(force);
});
