import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { moveInstance, recreateDisks } from './instance-moves';
import { makeInstance, openWorld, type World } from './testing/console-world';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const ctx = () => world.operator.ctx;
const make = (columns: object = {}) =>
  makeInstance(world.db, {
    ...{ clusterId: world.clusterId, nodeId: world.nodeId, ownerId: world.alice.actor.userId },
    ...{ status: 'stopped', adminState: 'down', name: `vm-${randomUUID().slice(0, 8)}`, ...columns },
  });
const refusal = async (work: Promise<unknown>) =>
  toErrorBody(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const nameOf = async (id: string) => (await world.db.instance.findUniqueOrThrow({ where: { id } })).name;

describe('moving', () => {
  it('becomes a job, which knows where to', async () => {
    const id = await make({ status: 'running', adminState: 'up' });
    const { jobId } = await moveInstance(ctx(), { id, nodeId: world.nodeId, timeoutS: 30 });
    expect(await world.db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
      operation: 'instance.move',
      params: { instanceId: id, nodeId: world.nodeId, timeoutS: 30 },
    });
  });

  it('is for operators, and not for mirrors', async () => {
    const id = await make();
    expect(await refusal(moveInstance(world.alice.ctx, { id, timeoutS: 0 }))).toMatchObject({
      code: 'forbidden',
    });
    await world.db.instance.update({ where: { id }, data: { diskTemplate: 'drbd' } });
    const refused = await refusal(moveInstance(ctx(), { id, timeoutS: 0 }));
    expect(refused).toMatchObject({ code: 'wrong_state', message: expect.stringContaining('mirrored') });
  });
});

describe('making disks anew', () => {
  const all = { diskIds: [], relocate: false };

  it('becomes a job once the name is repeated', async () => {
    const id = await make();
    const confirmName = await nameOf(id);
    expect(await refusal(recreateDisks(ctx(), { id, ...all, confirmName: 'other' }))).toMatchObject({
      code: 'invalid',
      details: { issues: [{ path: ['confirmName'] }] },
    });
    const { jobId } = await recreateDisks(ctx(), { id, ...all, relocate: true, confirmName });
    const job = await world.db.job.findUniqueOrThrow({ where: { id: jobId } });
    expect(job).toMatchObject({ params: { instanceId: id, diskIds: [], relocate: true } });
    expect(JSON.stringify(job.params)).not.toContain('confirmName');
  });

  it.each([
    ['diskIds', { relocate: true, diskIds: ['own'] }],
    ['secondaryId', { secondaryId: randomUUID() }],
  ])('refuses a %s that fits nothing', async (field, wish) => {
    const id = await make();
    const disk = await world.db.disk.findFirstOrThrow({ where: { instanceId: id } });
    const diskIds = 'diskIds' in wish ? [disk.id] : [];
    const asked = { ...all, ...wish, diskIds, id, confirmName: await nameOf(id) };
    expect(await refusal(recreateDisks(ctx(), asked))).toMatchObject({
      details: { issues: [{ path: [field] }] },
    });
  });

  it('is refused while the instance runs, and for disks of others', async () => {
    const running = await make({ status: 'running', adminState: 'up' });
    const asked = { ...all, id: running, confirmName: await nameOf(running) };
    expect(await refusal(recreateDisks(ctx(), asked))).toMatchObject({ details: { reason: 'stillRunning' } });
    const id = await make();
    const foreign = { ...all, diskIds: [randomUUID()], id, confirmName: await nameOf(id) };
    expect(await refusal(recreateDisks(ctx(), foreign))).toMatchObject({ code: 'not_found' });
  });
});
