// What an instance's page is told of mirrors and parameters: everything to operators, what is theirs to customers.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { defaultHvParams } from '@/contract/schemas/hv-params';
import { InstanceModify, type InstanceModifyInput } from '@/contract/schemas/instance-actions';
import { getInstance } from './instances';
import { modifyInstance } from './instance-modify';
import { repairMirror } from './instance-moves';
import { makeInstance, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
let secondaryId: string;
beforeAll(async () => {
  world = await openWorld();
  secondaryId = await makeNode(world.db, { clusterId: world.clusterId, name: 'rhino8' });
});
afterAll(() => world.close());

const status = {
  ...{ connection: 'connected', role: 'primary', diskState: 'upToDate', peerRole: 'secondary' },
  ...{ peerDiskState: 'inconsistent', sync: 'source', outOfSyncKiB: 512, syncDone: 0.25, secondsLeft: 9 },
  ...{ splitBrain: false, generations: ['00000000000000AA'] },
};

/** Ports and minors, each once. */
let serial = 1;
async function makeMirrored(): Promise<{ id: string; diskId: string }> {
  const { db, clusterId, nodeId, alice } = world;
  const ownerId = alice.actor.userId;
  const id = await makeInstance(db, { clusterId, nodeId, ownerId, status: 'running', adminState: 'up' });
  await db.disk.deleteMany({ where: { instanceId: id } });
  const sides = [nodeId, secondaryId].map((each, end) => ({
    ...{ nodeId: each, end, minor: serial++ },
    seenAt: new Date(),
  }));
  const mirror = { clusterId, port: serial++, secret: 'x' };
  const { id: diskId } = await db.disk.create({
    data: {
      ...{ instanceId: id, index: 0, sizeMiB: 1024, vg: 'fast' },
      mirror: { create: { ...mirror, sides: { create: sides } } },
    },
  });
  for (const side of sides)
    await db.mirrorSide.update({
      where: { diskId_nodeId: { diskId, nodeId: side.nodeId } },
      data: { status: { ...status, diskId } },
    });
  const data = { secondaryId, diskTemplate: 'drbd', operState: 'running' };
  await db.instance.update({ where: { id }, data });
  return { id, diskId };
}

it('tells operators of both sides of a mirror, and owners only how far it is', async () => {
  const { id } = await makeMirrored();
  const forOperator = await getInstance(world.operator.ctx, { id });
  expect(forOperator.disks[0]).toMatchObject({
    ...{ vg: 'fast', mirror: { state: 'synchronising', syncDone: 0.25 } },
    sides: [
      { node: { name: 'rhino7' }, isPrimaryNode: true, status: { outOfSyncKiB: 512, secondsLeft: 9 } },
      { node: { name: 'rhino8' }, isPrimaryNode: false, nodeState: 'online' },
    ],
  });
  const forOwner = await getInstance(world.alice.ctx, { id });
  expect(forOwner.disks[0]).toMatchObject({
    ...{ vg: null, mirror: { state: 'synchronising', syncDone: 0.25 }, sides: [] },
  });
  expect(JSON.stringify(forOwner)).not.toContain('rhino');
});

it('says what waits for the next start, and to owners nothing of what only operators may set', async () => {
  const { id } = await makeMirrored();
  const { vcpus, memoryMiB } = await world.db.instance.findUniqueOrThrow({ where: { id } });
  const machine = {
    ...{ accelerator: 'simulated', vcpus: vcpus + 1, memoryMiB, disks: [], nics: [] },
    hvParams: { ...defaultHvParams, vga: 'cirrus', cpuType: 'Nehalem', cdrom: 'old.iso' },
  };
  await world.db.instance.update({
    where: { id },
    data: { machine, hvParams: { kernelPath: '/boot/vmlinuz' } },
  });
  const vga = { what: 'vga', running: 'cirrus', wanted: 'std' };
  const changed = { what: 'vcpus', running: vcpus + 1, wanted: vcpus };
  const forOperator = await getInstance(world.operator.ctx, { id });
  expect(forOperator.hvParams).toEqual({ kernelPath: '/boot/vmlinuz' });
  expect(forOperator.pending.map(({ what }) => what)).toEqual(['vcpus', 'cpuType', 'kernelPath', 'vga']);
  const forOwner = await getInstance(world.alice.ctx, { id });
  expect(forOwner).toMatchObject({ hvParams: {}, pending: [changed, vga] });
  await world.db.instance.update({ where: { id }, data: { operState: 'absent' } });
  expect((await getInstance(world.operator.ctx, { id })).pending).toEqual([]);
});

it('says of which disks the running machine has another mode', async () => {
  const { id, diskId } = await makeMirrored();
  const { vcpus, memoryMiB } = await world.db.instance.findUniqueOrThrow({ where: { id } });
  const machine = {
    ...{ accelerator: 'simulated', vcpus, memoryMiB, nics: [], hvParams: defaultHvParams },
    disks: [{ id: diskId, index: 0 }],
  };
  await world.db.instance.update({ where: { id }, data: { machine } });
  expect((await getInstance(world.alice.ctx, { id })).pending).toEqual([]);
  await world.db.disk.update({ where: { id: diskId }, data: { mode: 'ro' } });
  await world.db.disk.create({ data: { instanceId: id, index: 1, sizeMiB: 1024, mode: 'ro' } });
  expect((await getInstance(world.alice.ctx, { id })).pending).toEqual([
    { what: 'diskMode', disk: 0, running: 'rw', wanted: 'ro' },
  ]);
});

it('lets each disk of an instance have a name of its own, and none on IDE be read-only', async () => {
  const { id, diskId } = await makeMirrored();
  const { id: otherId } = await world.db.disk.create({
    data: { instanceId: id, index: 1, sizeMiB: 1024, name: 'data' },
  });
  const modify = (wish: InstanceModifyInput) =>
    modifyInstance(world.alice.ctx, { id, ...InstanceModify.parse(wish) }).then(
      ({ jobId }) => jobId,
      (error: unknown) => toErrorBody(error).message,
    );
  const named = { id: diskId, name: 'data' };
  expect(await modify({ disks: [named] })).toBe('Another disk of the instance has this name.');
  expect(await modify({ disks: [{ id, name: 'x' }] })).toMatch(/does not have this disk$/);
  const hvParams = { diskBus: 'ide' as const };
  expect(await modify({ hvParams, disks: [{ id: diskId, mode: 'ro' }] })).toBe(
    'A disk on an IDE bus cannot be read-only.',
  );
  // Names may change hands at once.
  const jobId = await modify({ disks: [named, { id: otherId, name: null, mode: 'ro' }] });
  expect(await world.db.job.findUniqueOrThrow({ where: { id: Number(jobId) } })).toMatchObject({
    params: { disks: [named, { id: otherId, name: null, mode: 'ro' }] },
  });
});

it('refuses parameters that cannot be together, and CPUs that do not fit them', async () => {
  const { id } = await makeMirrored();
  const issueOf = (wish: InstanceModifyInput) =>
    modifyInstance(world.alice.ctx, { id, ...InstanceModify.parse(wish) }).then(
      () => null,
      (error: unknown) => toErrorBody(error).details,
    );
  expect(await issueOf({ hvParams: { nicModel: 'e1000', nicQueues: 2 } })).toMatchObject({
    issues: [{ path: ['hvParams', 'nicQueues'] }],
  });
  await world.db.instance.update({ where: { id }, data: { vcpus: 2, hvParams: { cpuSockets: 2 } } });
  expect(await issueOf({ vcpus: 3 })).toMatchObject({ issues: [{ path: ['vcpus'] }] });
  expect(await issueOf({ vcpus: 3, hvParams: {} })).toBeNull();
});

it('keeps what an operator has set when its owner changes the parameters', async () => {
  const { id } = await makeMirrored();
  await world.db.instance.update({
    where: { id },
    data: { hvParams: { kernelPath: '/boot/vmlinuz', vga: 'cirrus' } },
  });
  const wish = InstanceModify.parse({ hvParams: { usbTablet: false } });
  const { jobId } = await modifyInstance(world.alice.ctx, { id, ...wish });
  const { params } = await world.db.job.findUniqueOrThrow({ where: { id: jobId } });
  expect(params).toMatchObject({ hvParams: { kernelPath: '/boot/vmlinuz', usbTablet: false } });
  expect(params).not.toHaveProperty('hvParams.vga');
});

it('lets only operators choose the side of a mirror, and only of a disk that is there', async () => {
  const { id, diskId } = await makeMirrored();
  const keepNodeId = world.nodeId;
  const refusal = (work: Promise<unknown>) => work.then(() => null, toErrorBody);
  expect(await refusal(repairMirror(world.alice.ctx, { id, diskId, keepNodeId }))).toMatchObject({
    code: 'forbidden',
  });
  expect(await refusal(repairMirror(world.operator.ctx, { id, diskId: id, keepNodeId }))).toMatchObject({
    code: 'not_found',
  });
  const { jobId } = await repairMirror(world.operator.ctx, { id, diskId, keepNodeId });
  expect(await world.db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    ...{ operation: 'instance.repairMirror', params: { instanceId: id, diskId, keepNodeId } },
  });
});
