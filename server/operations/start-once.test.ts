// What is wished for one start only, and how it ends.
import { beforeEach, expect, it } from 'vitest';
import type { SimulatedCluster } from '../agents/testing/simulated-cluster';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import type { Place, World } from './testing/world';

let agents: SimulatedCluster;
let world: World;
let place: Place;
let instanceId: string;

useWorld((used) => ({ agents, world } = used));
beforeEach(async () => {
  place = await world.makePlace();
  instanceId = await world.makeInstance(place, { start: false });
});

const once = { bootOrder: 'cdrom', cdrom: 'memtest.iso' };
const machine = () => agents.client.call(place.node, 'instance.machine', { instanceId });
const row = () => world.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
const startOnce = () => world.runOn(place, instanceId, { operation: 'instance.start', params: { once } });
const reboot = (params: { hard?: boolean; timeoutS?: number }) =>
  world.runOn(place, instanceId, { operation: 'instance.reboot', params });

it('boots from what was wished for, keeps nothing of it, and tells what the next start changes', async () => {
  await startOnce();
  expect((await machine()).hvParams).toMatchObject(once);
  expect(await row()).toMatchObject({ hvParams: {}, machine: { hvParams: once } });
  await world.runOn(place, instanceId, { operation: 'instance.stop', params: { force: true } });
  await world.runOn(place, instanceId, { operation: 'instance.start' });
  expect((await machine()).hvParams).toMatchObject({ bootOrder: 'auto', cdrom: null });
  expect((await row()).machine).toBeNull();
});

it.each([{ hard: true }, { timeoutS: 0 }, { timeoutS: 60 }])(
  'boots from what is configured after a reboot: %j',
  async (how) => {
    await startOnce();
    await reboot(how);
    expect((await machine()).hvParams).toMatchObject({ bootOrder: 'auto', cdrom: null });
    expect(place.node.simulated.faults.count('hypervisor.reset')).toBe(0);
    expect(await row()).toMatchObject({ status: 'running', machine: null });
  },
);

it.each([{ hard: false, timeoutS: 0 }, { timeoutS: 60 }])(
  'has after a reboot what its cluster sets by then: %j',
  async (how) => {
    await world.runOn(place, instanceId, { operation: 'instance.start' });
    const hvParams = { kinds: { simulated: { cpuType: 'qemu64' } } };
    await world.db.cluster.update({ where: { id: place.clusterId }, data: { hvParams } });
    await reboot(how);
    expect((await machine()).hvParams).toMatchObject({ cpuType: 'qemu64' });
  },
);

it('stands still after a paused start, until it is resumed', async () => {
  await world.runOn(place, instanceId, { operation: 'instance.start', params: { paused: true } });
  expect(await row()).toMatchObject({ status: 'paused', adminState: 'up' });
  await world.runOn(place, instanceId, { operation: 'instance.resume' });
  expect(await row()).toMatchObject({ status: 'running' });
});

it('leaves an instance down that cannot boot from what was wished for', async () => {
  const params = { once: { cdrom: 'missing.iso' } };
  const jobId = await world.orderOn(place, instanceId, { operation: 'instance.start', params });
  expect((await untilEnded(world.db, jobId)).error).toMatchObject({
    message: expect.stringContaining('missing.iso'),
  });
  expect(await row()).toMatchObject({ status: 'stopped', adminState: 'down', machine: null });
});

it('keeps the CD that its OS boots from when something else about it is changed', async () => {
  const iso = 'memtest.iso';
  await world.db.instance.update({ where: { id: instanceId }, data: { os: { kind: 'iso', iso } } });
  await world.runOn(place, instanceId, { operation: 'instance.start' });
  expect((await machine()).hvParams.cdrom).toBe(iso);
  const change = { hvParams: { keymap: 'de' } };
  await world.runOn(place, instanceId, { operation: 'instance.modify', params: change });
  expect((await machine()).hvParams.cdrom).toBe(iso);
});
