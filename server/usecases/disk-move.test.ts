import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { listDiskTargets, moveDisk } from './disk-move';
import { makeInstance, makeJob, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
let otherNodeId: string;
beforeAll(async () => {
  world = await openWorld();
  otherNodeId = await makeNode(world.db, { clusterId: world.clusterId, name: 'rhino8' });
});
afterAll(() => world.close());

type Person = 'alice' | 'bob';

async function make(
  owner: Person,
  columns: { nodeId?: string } = {},
): Promise<{ id: string; diskId: string }> {
  const { db, clusterId, nodeId } = world;
  const ownerId = world[owner].actor.userId;
  const id = await makeInstance(db, { clusterId, nodeId, ownerId, ...columns });
  const { id: diskId } = await db.disk.findFirstOrThrow({ where: { instanceId: id } });
  return { id, diskId };
}

const refusal = (work: Promise<unknown>) => work.then(() => null, toErrorBody);
const bodyOf = ({ id, diskId }: { id: string; diskId: string }, to: { id: string }) => ({
  ...{ id, diskId, toInstanceId: to.id },
});

it('moves a disk between instances of one owner, whatever the quota says', async () => {
  const [from, to] = [await make('alice'), await make('alice')];
  const { db, clusterId, alice } = world;
  const userId = alice.actor.userId;
  await db.quotaOverride.create({ data: { userId, clusterId, diskMiB: '0' } });
  const { jobId } = await moveDisk(alice.ctx, bodyOf(from, to));
  await db.quotaOverride.deleteMany({ where: { userId } });
  expect(await db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    ...{ operation: 'disk.move', targetId: from.id, ownerId: userId },
    params: { instanceId: from.id, diskId: from.diskId, toInstanceId: to.id },
  });
  const [reserved] = await db.quotaTransfer.findMany({ where: { jobId } });
  expect(reserved).toMatchObject({ instanceId: to.id, resource: 'diskMiB', amount: 1024n });
});

it('charges the owner of the receiver, and tells neither owner of the other', async () => {
  const [from, to] = [await make('alice'), await make('bob')];
  const { db, clusterId, operator, bob } = world;
  const userId = bob.actor.userId;
  await db.quotaOverride.create({ data: { userId, clusterId, diskMiB: '1000' } });
  expect(await refusal(moveDisk(operator.ctx, bodyOf(from, to)))).toMatchObject({
    code: 'no_resources',
    message: expect.stringContaining('The quota of bob'),
  });
  await db.quotaOverride.deleteMany({ where: { userId } });
  const { jobId } = await moveDisk(operator.ctx, bodyOf(from, to));
  expect(await db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({ ownerId: null });
  expect(await db.quotaTransfer.findMany({ where: { jobId } })).toMatchObject([{ ownerId: userId }]);
});

it('knows nothing of instances of others', async () => {
  const [from, to] = [await make('alice'), await make('bob')];
  for (const body of [bodyOf(from, to), bodyOf(to, from)])
    expect(await refusal(moveDisk(world.alice.ctx, body))).toMatchObject({ code: 'not_found' });
  const targets = await listDiskTargets(world.alice.ctx, from);
  expect(targets.items.map(({ id }) => id)).not.toContain(to.id);
  expect((await listDiskTargets(world.operator.ctx, from)).items.map(({ id }) => id)).toContain(to.id);
});

it('refuses where the disk cannot lie, and while a job works on one of the two', async () => {
  const [from, to] = [await make('alice'), await make('alice')];
  const elsewhere = await make('alice', { nodeId: otherNodeId });
  const { db, alice } = world;
  const why = async (receiver: { id: string }) =>
    (await refusal(moveDisk(alice.ctx, bodyOf(from, receiver))))?.message;
  expect(await why(elsewhere)).toMatch(/^Cannot move disk 0 of vm-\w+ to vm-\w+: its disks do not lie on/);
  expect(await why(from)).toMatch(/it is the same instance$/);
  expect(await refusal(moveDisk(alice.ctx, { ...bodyOf(from, to), diskId: randomUUID() }))).toMatchObject({
    code: 'not_found',
  });
  const offered = (await listDiskTargets(alice.ctx, from)).items.map(({ id }) => id);
  expect(offered).toContain(to.id);
  expect(offered).not.toContain(elsewhere.id);
  await makeJob(db, { targetId: to.id, ownerId: alice.actor.userId });
  expect(await refusal(moveDisk(alice.ctx, bodyOf(from, to)))).toMatchObject({ code: 'busy' });
  await db.instance.update({
    where: { id: elsewhere.id },
    data: { nodeId: world.nodeId, status: 'nodeDown' },
  });
  expect(await why(elsewhere)).toMatch(/its node does not answer \(vm-\w+\)$/);
});
