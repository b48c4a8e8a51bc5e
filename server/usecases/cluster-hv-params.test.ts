// What instances inherit from their cluster for their machines: who gets it, what it changes at once, and what it does not.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { ClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { InstanceCreate } from '@/contract/schemas/instance';
import { getCluster, listClusters, updateCluster } from './clusters';
import { adoptInstance } from './instance-adopt';
import { createInstance } from './instance-create';
import { getInstance } from './instances';
import { factsOf, makeCluster, makeInstance, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
let clusterId: string;
let nodeId: string;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());
beforeEach(async () => {
  clusterId = await makeCluster(world.db);
  nodeId = await makeNode(world.db, { clusterId, name: `n-${clusterId.slice(0, 8)}` });
});

const set = (kinds: ClusterHvParams['kinds'], limits = {}) =>
  updateCluster(world.operator.ctx, { id: clusterId, hvParams: { ...limits, kinds } });
const see = (id: string) => getInstance(world.operator.ctx, { id });
const refusal = (work: Promise<unknown>) => work.then(() => null, toErrorBody);

async function makeRunning(hypervisor: string, more = {}): Promise<string> {
  const ownerId = world.alice.actor.userId;
  const id = await makeInstance(world.db, {
    clusterId,
    nodeId,
    ownerId,
    status: 'running',
    adminState: 'up',
  });
  const data = { hypervisor, operState: 'running', accelerator: 'xen', ...more };
  await world.db.instance.update({ where: { id }, data });
  return id;
}

it('is what instances of that hypervisor have after their next start, and of no other', async () => {
  const [pv, kvm] = [await makeRunning('xen-pvm'), await makeRunning('kvm', { accelerator: 'tcg' })];
  const kernelPath = '/boot/vmlinuz-guest';
  const { hvParams } = await set({ 'xen-pvm': { kernelPath } }, { migrationBandwidthMiBs: 50 });
  expect(hvParams).toEqual({ migrationBandwidthMiBs: 50, kinds: { 'xen-pvm': { kernelPath } } });
  expect(await see(pv)).toMatchObject({
    inheritedHvParams: { kernelPath },
    pending: [{ what: 'kernelPath', running: null, wanted: kernelPath }],
  });
  expect(await see(kvm)).toMatchObject({ inheritedHvParams: {}, pending: [] });
  // What it was made of stays what it was made of.
  await set({ 'xen-pvm': { kernelPath, cpuWeight: 512 } });
  expect((await see(pv)).pending.map(({ what }) => what)).toEqual(['kernelPath', 'cpuWeight']);
  await set({});
  expect(await see(pv)).toMatchObject({ inheritedHvParams: {}, pending: [] });
});

it('tells customers nothing of the files of nodes', async () => {
  const id = await makeRunning('xen-pvm');
  await set({ 'xen-pvm': { kernelPath: '/boot/vmlinuz-guest', screen: true } });
  const own = await getInstance(world.alice.ctx, { id });
  expect(own.inheritedHvParams).toEqual({ screen: true });
  expect(own.pending.map(({ what }) => what)).toEqual(['screen']);
  const { items } = await listClusters(world.alice.ctx);
  expect(items.find((cluster) => cluster.id === clusterId)?.hvParams).toEqual({ kinds: {} });
});

it('says at once that a guest which switched itself off failed, where that is no wish any more', async () => {
  await updateCluster(world.operator.ctx, { id: clusterId, userShutdown: true });
  const id = await makeRunning('xen-pvm', { operState: 'shutdown', status: 'stopped' });
  await set({ 'xen-pvm': { userShutdown: false } });
  expect((await see(id)).status).toBe('errorDown');
});

it.each([
  [{ 'xen-pvh': { vga: 'std' } }, 'xen-pvh', 'vga'],
  [{ 'xen-pvm': { bootloaderArgs: '--runas=0' } }, 'xen-pvm', 'bootloaderArgs'],
  [{ kvm: { initrdPath: '/boot/initrd' } }, 'kvm', 'initrdPath'],
  [{ kvm: { diskAio: 'native' } }, 'kvm', 'diskAio'],
] as const)('refuses %j, which no machine could have', async (kinds, kind, param) => {
  const issues = [{ path: ['hvParams', 'kinds', kind, param] }];
  expect(await refusal(set(kinds))).toMatchObject({ code: 'invalid', details: { issues } });
  expect((await getCluster(world.operator.ctx, { id: clusterId })).hvParams).toEqual({ kinds: {} });
});

it('refuses what instances that are there could not be built with, and names them', async () => {
  const ids = [await makeRunning('kvm'), await makeRunning('kvm')];
  const [first] = await world.db.instance.findMany({ where: { id: { in: ids } }, orderBy: { name: 'asc' } });
  await world.db.instance.update({
    where: { id: first?.id },
    data: { hvParams: { diskCache: 'writeback' } },
  });
  expect(await refusal(set({ kvm: { diskAio: 'native', diskCache: 'none' } }))).toMatchObject({
    message: `${first?.name}: Native disk I/O needs the disk cache to be none.`,
    details: { issues: [{ path: ['hvParams', 'kinds', 'kvm', 'diskAio'] }] },
  });
  await world.db.disk.updateMany({ where: { instanceId: { in: ids } }, data: { mode: 'ro' } });
  const [one, other] = (await world.db.instance.findMany({ orderBy: { name: 'asc' } })).filter(({ id }) =>
    ids.includes(id),
  );
  expect(await refusal(set({ kvm: { diskBus: 'ide' } }))).toMatchObject({
    message: `${one?.name}, ${other?.name}: A disk on an IDE bus cannot be read-only.`,
  });
  expect((await see(ids[0] ?? '')).pending).toEqual([]);
});

it('keeps an instance from being created that could not be built with it', async () => {
  await set({ simulated: { diskBus: 'ide' } });
  const disks = Array.from({ length: 4 }, () => ({ sizeMiB: 64 }));
  const wish = InstanceCreate.parse({
    ...{ name: 'wide', clusterId, hypervisor: 'simulated', diskTemplate: 'simulated', vcpus: 1 },
    ...{ memoryMiB: 128, disks, nics: [], os: { kind: 'none' } },
  });
  expect(await refusal(createInstance(world.operator.ctx, wish))).toMatchObject({
    ...{ code: 'invalid', details: { issues: [{ path: ['disks'] }] } },
  });
});

it('does not count for a machine that is taken over: that goes on as it was', async () => {
  const data = { hypervisors: ['xen-pvm'], diskTemplates: ['plain'] };
  await world.db.cluster.update({ where: { id: clusterId }, data });
  await set({ 'xen-pvm': { kernelPath: '/boot/vmlinuz-guest', cpuWeight: 512, userShutdown: false } });
  const id = randomUUID();
  const domain = {
    ...({ id, name: 'by-hand', hypervisor: 'xen-pvm', state: 'running', problem: null } as const),
    ...{ vcpus: 1, memoryMiB: 128, disks: [], nics: [], hvParams: { bootloader: 'pygrub', cpuWeight: 300 } },
  };
  await world.db.node.update({
    where: { id: nodeId },
    data: { facts: { ...factsOf('xen1'), domains: [domain] } },
  });
  await adoptInstance(world.operator.ctx, {
    ...{ id: nodeId, domainId: id, name: 'taken', exceedQuota: true },
  });
  expect((await see(id)).hvParams).toEqual({ kernelPath: null, bootloader: 'pygrub', cpuWeight: 300 });
});
