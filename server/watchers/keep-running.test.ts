import { afterAll, beforeEach, expect, it } from 'vitest';
import type { SimulatedCluster } from '../agents/testing/simulated-cluster';
import { mostRestarts } from '../db/attempts';
import { type TestEngine, untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from '../operations/testing/use-world';
import type { Place, World } from '../operations/testing/world';
import { checkLedger } from '../quotas/check-ledger';
import { startInstance } from '../usecases/instance-power';
import { findInstances } from '../usecases/instance-findings';
import { makePerson } from '../usecases/testing/console-world';
import { careLimits } from './care';
import { keepRunningOnce } from './keep-running';
import { recordReport } from './node-record';
import { storeGone, storeInstance } from './store-observations';

let agents: SimulatedCluster;
let engine: TestEngine;
let world: World;
let place: Place;
/** Moved by hand. */
let now: Date;

useWorld((used) => ({ agents, engine, world } = used));
afterAll(async () => {
  expect(await checkLedger(world.db)).toEqual([]);
});
beforeEach(async () => {
  // Nothing of an earlier test is left to be looked after.
  await world.db.instance.updateMany({ where: { adminState: 'up' }, data: { status: 'running' } });
  place = await world.makePlace();
  now = new Date();
});

const row = (id: string) => world.db.instance.findUniqueOrThrow({ where: { id } });
const later = (ms: number) => (now = new Date(now.getTime() + ms));
const dayMs = 86_400_000;

/** Ends without being asked, and the node tells. */
async function crash(instanceId: string): Promise<void> {
  await agents.client.call(place.node, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  await storeGone(world.db, place.node.id, instanceId);
  expect(await row(instanceId)).toMatchObject({ adminState: 'up', status: 'errorDown' });
}

/** What the watcher asks for now, when it is done; null when it asks for nothing. */
async function care(instanceId: string) {
  const last = await world.db.job.findFirst({ where: { targetId: instanceId }, orderBy: { id: 'desc' } });
  await keepRunningOnce(world.db, now);
  const job = await world.db.job.findFirst({
    where: { targetId: instanceId, id: { gt: last?.id ?? 0 } },
    orderBy: { id: 'desc' },
  });
  return job && untilEnded(world.db, job.id);
}

it('starts an instance at once that ended without being asked, behind what people ask for', async () => {
  const id = await world.makeInstance(place, { start: true });
  expect(await care(id)).toBeNull();
  await crash(id);
  const job = await care(id);
  expect(job).toMatchObject({ operation: 'instance.start', status: 'success', priority: 19 });
  expect(job?.createdById).toBeNull();
  expect(await row(id)).toMatchObject({ status: 'running' });
  const [audit] = await world.db.auditEntry.findMany({ where: { jobId: job?.id } });
  expect(audit).toMatchObject({ action: 'instance.start', actorId: null });
});

it('waits longer and longer, then gives up with a finding until somebody starts it', async () => {
  const id = await world.makeInstance(place, { start: true });
  for (const waitMs of [0, 30_000, 120_000, 480_000, 1_800_000]) {
    await crash(id);
    if (waitMs > 0) {
      later(waitMs - 1);
      expect(await care(id)).toBeNull();
      later(1);
    }
    expect(await care(id)).toMatchObject({ operation: 'instance.start', status: 'success' });
  }
  await crash(id);
  later(dayMs);
  expect(await care(id)).toBeNull();
  const findings = (await findInstances(world.db)).filter(({ target }) => target.id === id);
  expect(findings).toMatchObject([{ kind: 'instanceGivenUp', values: { attempts: mostRestarts } }]);
  const { ctx } = await makePerson(world.db, { login: `op-${id}`, role: 'operator' });
  await untilEnded(world.db, (await startInstance(ctx, { id })).jobId);
  await crash(id);
  expect(await care(id)).toMatchObject({ status: 'success' });
});

it('forgets what it tried when the instance has run well for a while, or its node has started again', async () => {
  const id = await world.makeInstance(place, { start: true });
  const attempts = () => world.db.attempt.count({ where: { instanceId: id } });
  await crash(id);
  await care(id);
  expect(await attempts()).toBe(1);
  later(5 * 60_000);
  await care(id);
  expect(await attempts()).toBe(1);
  later(6 * 60_000);
  await care(id);
  expect(await attempts()).toBe(0);
  await crash(id);
  await care(id);
  const facts = await agents.client.call(place.node, 'node.facts', {});
  await recordReport(world.db, place.node.id, { facts, clockSkewMs: 0 });
  expect(await attempts()).toBe(1);
  await recordReport(world.db, place.node.id, { facts: { ...facts, bootId: 'another' }, clockSkewMs: 0 });
  expect(await attempts()).toBe(0);
});

it('starts instances of a drained node, and none of a node that is silent or of a cluster that forbids it', async () => {
  const id = await world.makeInstance(place, { start: true });
  await crash(id);
  const where = { id: place.node.id };
  await world.db.node.update({ where, data: { state: 'unreachable' } });
  expect(await care(id)).toBeNull();
  await world.db.node.update({ where, data: { state: 'online', drained: true } });
  await world.db.cluster.update({ where: { id: place.clusterId }, data: { autoRestart: false } });
  expect(await care(id)).toBeNull();
  await world.db.cluster.update({ where: { id: place.clusterId }, data: { autoRestart: true } });
  expect(await care(id)).toMatchObject({ status: 'success' });
});

it('sets an instance down that its guest powered off, where guests may, and gives its quota back', async () => {
  await world.db.cluster.update({
    where: { id: place.clusterId },
    data: { userShutdown: true, autoRestart: false },
  });
  const id = await world.makeInstance(place, { start: true });
  const { nodeId, name } = await row(id);
  await agents.client.call(place.node, 'instance.stop', { instanceId: id, force: true, timeoutMs: 0 });
  const seen = { operState: 'shutdown', detail: null, accelerator: null, memoryMiB: null } as const;
  const since = new Date().toISOString();
  await storeInstance(world.db, nodeId ?? '', { id, name, since, migration: null, ...seen });
  expect(await row(id)).toMatchObject({ status: 'userDown', adminState: 'up' });
  expect(await care(id)).toMatchObject({ operation: 'instance.stop', status: 'success' });
  expect(await row(id)).toMatchObject({ status: 'userDown', adminState: 'down', adminSource: 'user' });
  expect(await care(id)).toBeNull();
  expect(await world.db.attempt.count({ where: { instanceId: id } })).toBe(0);
  expect(await checkLedger(world.db)).toEqual([]);
});

it('does not set an instance down as its guest wished that runs after all', async () => {
  await world.db.cluster.update({ where: { id: place.clusterId }, data: { userShutdown: true } });
  const id = await world.makeInstance(place, { start: true });
  await world.db.instance.update({ where: { id }, data: { operState: 'shutdown', status: 'userDown' } });
  expect(await care(id)).toMatchObject({ status: 'error', error: { code: 'wrong_state' } });
  const { instances } = await agents.client.call(place.node, 'instance.list', {});
  expect(instances).toMatchObject([{ id, operState: 'running' }]);
  expect(await row(id)).toMatchObject({ adminState: 'up' });
});

it('asks for a few starts at once, however many instances came down together', async () => {
  await engine.stop();
  const other = await world.makePlace();
  await Promise.all([fill(place, 30), fill(other, 2)]);
  const asked = () => world.db.job.count({ where: { status: 'queued', operation: 'instance.start' } });
  await keepRunningOnce(world.db, now);
  expect(await asked()).toBe(careLimits.jobsPerNode + 2);
  await keepRunningOnce(world.db, now);
  expect(await asked()).toBe(careLimits.jobsPerNode + 2);
});

/** Rows only: no engine runs any more. */
async function fill({ clusterId, node }: Place, count: number): Promise<void> {
  const shape = { vcpus: 1, memoryMiB: 128, diskTemplate: 'diskless', hypervisor: 'simulated' };
  await world.db.instance.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      ...{ clusterId, nodeId: node.id, name: `vm-${index}`, os: { kind: 'none' }, ...shape },
      ...{ lifecycle: 'ready', adminState: 'up', status: 'errorDown' },
    })),
  });
}
