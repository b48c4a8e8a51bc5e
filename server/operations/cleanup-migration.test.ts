// What broken-off migrations leave on simulated nodes, and what cleaning up makes of it.
import { beforeEach, expect, it } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { type ClusterNode, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { untilEnded, untilJob } from '../jobs/testing/engine-on-database';
import { verifyCluster } from '../verify/verify-cluster';
import { expectNothingLeft } from './testing/nothing-left';
import { useWorld } from './testing/use-world';
import { mirrored, type Place, type World } from './testing/world';

let agents: SimulatedCluster;
let world: World;
let place: Place;
let source: ClusterNode;
let target: ClusterNode;
let instanceId: string;

useWorld((used) => ({ agents, world } = used));
beforeEach(async () => {
  place = await world.makePlace({ nodes: 2 });
  const [first, second] = place.nodes;
  source = first ?? expect.fail('no node');
  target = second ?? expect.fail('no second node');
  instanceId = await world.makeInstance(place, { start: true, as: mirrored });
});

async function disksOn(node: ClusterNode): Promise<NodeDisk[]> {
  const { defined } = await agents.client.call(node, 'instance.list', {});
  const disks = defined.find(({ id }) => id === instanceId)?.disks ?? [];
  return disks.map(({ id: diskId, sizeMiB, spec }) => ({ instanceId, diskId, sizeMiB, spec }));
}

/** As far as `send`: all of it is at the target, and nobody told the target to go on. */
async function moveHalf(): Promise<void> {
  for (const node of place.nodes)
    for (const disk of await disksOn(node))
      await agents.client.call(node, 'mirror.connect', { ...disk, wish: 'twoPrimaries' });
  const machine = await agents.client.call(source, 'instance.machine', { instanceId });
  const door = await agents.client.call(target, 'instance.receive', {
    instanceId,
    address: '127.0.0.1',
    machine,
  });
  const limits = { migrationBandwidthMiBs: 1_000, migrationDowntimeMs: 100 };
  await agents.client.call(source, 'instance.migrate', { instanceId, ...door, ...limits });
}

const findings = async () => {
  const { signal } = new AbortController();
  const { clusterId } = place;
  const found = await verifyCluster({ db: world.db, agents: agents.client, clusterId, signal });
  return found.map(({ meaning }) => meaning);
};

async function cleanUp() {
  const jobId = await world.orderOn(place, instanceId, { operation: 'instance.cleanupMigration' });
  return untilEnded(world.db, jobId);
}

async function expectRunsOn(node: ClusterNode): Promise<void> {
  expect(await findings()).toEqual([]);
  const instance = await world.db.instance.findUnique({ where: { id: instanceId } });
  expect(instance).toMatchObject({ nodeId: node.id, status: 'running', elsewhereId: null });
  const { instances } = await agents.client.call(node, 'instance.list', {});
  expect(instances.find(({ id }) => id === instanceId)).toMatchObject({
    operState: 'running',
    migration: null,
  });
  await expectNothingLeft(world, { place, targetId: instanceId });
}

it('lets a guest that was only sent go on where it came from', async () => {
  await moveHalf();
  expect(await findings()).toEqual(['migrationInterrupted']);
  expect(await cleanUp()).toMatchObject({ status: 'success' });
  await expectRunsOn(source);
});

it('records the target where the guest went on there, and lets the source go', async () => {
  await moveHalf();
  const finish = { instanceId, side: 'target', success: true, resume: true } as const;
  await agents.client.call(target, 'instance.finishMigration', finish);
  expect(await findings()).toEqual(['migrationInterrupted']);
  expect(await cleanUp()).toMatchObject({ status: 'success' });
  await expectRunsOn(target);
});

it('takes what mirrors may do back where nothing moves any more', async () => {
  for (const node of place.nodes)
    for (const disk of await disksOn(node))
      await agents.client.call(node, 'mirror.connect', { ...disk, wish: 'twoPrimaries' });
  expect(await findings()).toEqual(['twoPrimariesAllowed']);
  expect(await cleanUp()).toMatchObject({ status: 'success' });
  await expectRunsOn(source);
});

it('refuses where a node is not online, and where both run it', async () => {
  await world.db.node.update({ where: { id: target.id }, data: { state: 'unreachable' } });
  expect((await cleanUp()).error).toMatchObject({
    code: 'wrong_state',
    message: expect.stringContaining('unreachable'),
  });
  await world.db.node.update({ where: { id: target.id }, data: { state: 'online' } });
  for (const node of place.nodes)
    for (const disk of await disksOn(node))
      await agents.client.call(node, 'mirror.connect', { ...disk, wish: 'twoPrimaries' });
  await agents.client.call(target, 'instance.start', { instanceId });
  expect(await findings()).toEqual(['runsTwice', 'twoPrimaries']);
  expect((await cleanUp()).error).toMatchObject({
    code: 'wrong_state',
    message: expect.stringContaining('stop it'),
  });
});

it('has nothing to clean up after a guest that ended while it was sent', async () => {
  const { faults } = source.simulated;
  const release = faults.hang('hypervisor.migrate.part');
  const jobId = await world.orderOn(place, instanceId, { operation: 'instance.migrate' });
  await untilJob(world.db, jobId, () => faults.count('hypervisor.migrate.part') > 0);
  const line = await agents.client.openConsole(source, instanceId, 'serial');
  line.write('root\ncrash\n');
  const isRunning = async () => {
    const { instances } = await agents.client.call(source, 'instance.list', {});
    return instances.some(({ id, operState }) => id === instanceId && operState === 'running');
  };
  await expect.poll(isRunning).toBe(false);
  release();
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'error', needsAttention: false });
  expect(await findings()).toEqual(['instanceDown']);
});
