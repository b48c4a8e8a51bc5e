import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import {
  activateDisks,
  deactivateDisks,
  setInstanceOffline,
  setInstanceOnline,
} from './instance-maintenance';
import { startInstance } from './instance-power';
import { makeInstance, openWorld, type World } from './testing/console-world';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Columns = Parameters<typeof makeInstance>[1];
const make = (columns: Partial<Columns> = {}) =>
  makeInstance(world.db, {
    ...{ clusterId: world.clusterId, nodeId: world.nodeId, ownerId: world.alice.actor.userId },
    ...{ status: 'stopped', adminState: 'down', ...columns },
  });
const refusal = async (work: Promise<unknown>) =>
  toErrorBody(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const row = (id: string) => world.db.instance.findUniqueOrThrow({ where: { id } });

it('keeps an instance that is set offline from being started until it is set online again', async () => {
  const id = await make();
  expect(await setInstanceOffline(world.operator.ctx, { id })).toMatchObject({ status: 'offline' });
  expect(await refusal(startInstance(world.alice.ctx, { id }))).toMatchObject({
    code: 'wrong_state',
    details: { reason: 'setOffline' },
  });
  expect(await refusal(setInstanceOffline(world.operator.ctx, { id }))).toMatchObject({
    details: { reason: 'setOffline' },
  });
  expect(await setInstanceOnline(world.operator.ctx, { id })).toMatchObject({
    status: 'stopped',
    adminState: 'down',
  });
  expect(await refusal(setInstanceOnline(world.operator.ctx, { id }))).toMatchObject({
    details: { reason: 'notOffline' },
  });
  const audit = await world.db.auditEntry.findMany({ where: { targetId: id }, orderBy: { id: 'asc' } });
  expect(audit.filter(({ outcome }) => outcome === 'done').map(({ action }) => action)).toEqual([
    'instance.setOffline',
    'instance.setOnline',
  ]);
});

it.each(['running', 'paused', 'errorDown'])('does not set an instance offline that is %s', async (status) => {
  const operState = status === 'errorDown' ? 'absent' : status;
  const id = await make({ status, adminState: 'up' });
  await world.db.instance.update({ where: { id }, data: { operState } });
  expect((await refusal(setInstanceOffline(world.operator.ctx, { id }))).code).toBe('wrong_state');
  expect(await row(id)).toMatchObject({ adminState: 'up' });
});

it('takes disks down and up for operators only, and never those of what runs or should', async () => {
  const id = await make();
  expect((await refusal(deactivateDisks(world.alice.ctx, { id }))).code).toBe('forbidden');
  const { jobId } = await deactivateDisks(world.operator.ctx, { id });
  expect(await world.db.job.findUnique({ where: { id: jobId } })).toMatchObject({
    operation: 'instance.deactivateDisks',
    params: { instanceId: id },
  });
  expect((await refusal(activateDisks(world.operator.ctx, { id }))).code).toBe('busy');
  const running = await make({ status: 'running', adminState: 'up' });
  expect(await refusal(deactivateDisks(world.operator.ctx, { id: running }))).toMatchObject({
    details: { reason: 'stillRunning' },
  });
  await activateDisks(world.operator.ctx, { id: running });
  const shutDown = await make({ status: 'userDown', adminState: 'up' });
  expect(await refusal(deactivateDisks(world.operator.ctx, { id: shutDown }))).toMatchObject({
    details: { reason: 'shouldRun' },
  });
});
