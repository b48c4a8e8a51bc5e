import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { adoptDisk } from './instance-disks';
import { makeInstance, openWorld, type World } from './testing/console-world';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const adopt = { vg: 'corral', name: 'theirs' };
const refusal = (work: Promise<unknown>) => work.then(() => null, toErrorBody);

it('lets only operators adopt a volume, and only as a plain disk', async () => {
  const { db, clusterId, nodeId, alice, operator } = world;
  const columns = { clusterId, nodeId, ownerId: alice.actor.userId };
  const id = await makeInstance(db, columns);
  await db.instance.update({ where: { id }, data: { diskTemplate: 'plain' } });
  expect(await refusal(adoptDisk(alice.ctx, { id, adopt }))).toMatchObject({ code: 'forbidden' });
  const other = await makeInstance(db, columns);
  expect(await refusal(adoptDisk(operator.ctx, { id: other, adopt }))).toMatchObject({
    ...{ code: 'wrong_state', message: expect.stringContaining('its disks are simulated, and only plain') },
  });
  const { jobId } = await adoptDisk(operator.ctx, { id, adopt });
  expect(await db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    ...{ operation: 'disk.add', params: { instanceId: id, diskId: expect.any(String), adopt } },
  });
  // Nothing is reserved and no disk is there before the node has told how large it is.
  expect(await db.quotaTransfer.count({ where: { jobId } })).toBe(0);
  expect(await db.disk.count({ where: { instanceId: id } })).toBe(1);
});
