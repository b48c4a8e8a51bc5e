import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Overview } from '@/contract/schemas/cluster';
import { type Mend, VerifyResult, type VerifyMeaning } from '@/contract/schemas/verify';
import { storeFindings } from '../db/verify-findings';
import { verifyDue } from '../watchers/verify-clusters';
import { getOverview } from './overview';
import { finishJobs, makeInstance, makeJob, openWorld, type World } from './testing/console-world';
import { cleanUpMigration, getVerifyResult, verifyCluster } from './verify';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const ctx = () => world.operator.ctx;
const found = (meaning: VerifyMeaning, target: { kind: 'node' | 'instance'; id: string; name: string }) => ({
  ...{ meaning, target, subject: '', values: {}, mend: null },
});
const store = (...findings: Parameters<typeof storeFindings>[2]) =>
  world.db.$transaction((tx) => storeFindings(tx, world.clusterId, findings));
const verifications = () =>
  world.db.job.findMany({
    where: { targetId: world.clusterId, operation: 'cluster.verify' },
    orderBy: { id: 'asc' },
  });

describe('a verification', () => {
  it('is one job at a time, for operators', async () => {
    const { clusterId: id, alice } = world;
    await expect(verifyCluster(alice.ctx, { id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(getVerifyResult(alice.ctx, { id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verifyCluster(ctx(), { id: randomUUID() })).rejects.toMatchObject({ code: 'not_found' });
    const { jobId } = await verifyCluster(ctx(), { id });
    expect(await verifyCluster(ctx(), { id })).toEqual({ jobId });
    expect(VerifyResult.parse(await getVerifyResult(ctx(), { id }))).toEqual({
      ...{ verifiedAt: null, jobId, items: [] },
    });
    await finishJobs(world.db);
    expect(await getVerifyResult(ctx(), { id })).toMatchObject({ jobId: null });
  });

  it('tells what it found, errors first, and since when, as long as it is found', async () => {
    const { clusterId: id, nodeId } = world;
    const node = { kind: 'node', id: nodeId, name: 'rhino7' } as const;
    await store(found('orphanVolume', node), found('setUp', node));
    const first = VerifyResult.parse(await getVerifyResult(ctx(), { id }));
    expect(first.items.map(({ code }) => code)).toEqual(['ENODESETUP', 'ENODEORPHANLV']);
    expect(first.verifiedAt).not.toBeNull();
    await store(found('orphanVolume', node));
    expect((await getVerifyResult(ctx(), { id })).items).toEqual(first.items.slice(1));
  });

  it('is told on the overview, once where the states tell the same', async () => {
    const { db, clusterId, nodeId } = world;
    const down = await makeInstance(db, {
      clusterId,
      ownerId: null,
      name: 'wrong1',
      status: 'errorWrongNode',
    });
    const lost = { kind: 'instance', id: down, name: 'wrong1' } as const;
    const params = { instanceId: down };
    const mend: Mend = { kind: 'operation', operation: 'instance.cleanupMigration', params };
    const node = { kind: 'node', id: nodeId, name: 'rhino7' } as const;
    await store({ ...found('wrongNode', lost), mend }, found('setUp', node));
    const { findings, verified } = Overview.parse(await getOverview(ctx()));
    const told = findings.find(({ kind }) => kind === 'instanceWrongNode');
    expect(told).toMatchObject({ target: { id: down }, mend });
    expect(verified.map(({ meaning }) => meaning)).toEqual(['setUp']);
    await db.instance.delete({ where: { id: down } });
  });
});

describe('the watcher of verifications', () => {
  const later = (ms: number) => new Date(Date.now() + ms);
  const hourMs = 3_600_000;

  it('asks for one every hour, and for no second one', async () => {
    await finishJobs(world.db);
    await store();
    const before = (await verifications()).length;
    await verifyDue(world.db, later(hourMs / 2));
    expect(await verifications()).toHaveLength(before);
    await verifyDue(world.db, later(hourMs + 60_000));
    await verifyDue(world.db, later(2 * hourMs));
    const jobs = await verifications();
    expect(jobs).toHaveLength(before + 1);
    expect(jobs.at(-1)).toMatchObject({ priority: 19, createdById: null, status: 'queued' });
    await finishJobs(world.db);
  });

  it('asks sooner when a silent node is back, and when something was done about a finding', async () => {
    const { db, nodeId, clusterId } = world;
    const node = { kind: 'node', id: nodeId, name: 'rhino7' } as const;
    const count = async () => {
      await verifyDue(db, new Date());
      const jobs = await verifications();
      await finishJobs(db);
      return jobs.length;
    };
    const before = await count();
    await store(found('nodeSilent', node));
    await db.node.update({ where: { id: nodeId }, data: { seenAt: later(1_000) } });
    expect(await count()).toBe(before + 1);
    await db.node.update({ where: { id: nodeId }, data: { seenAt: later(-hourMs) } });
    await store(found('orphanVolume', node));
    expect(await count()).toBe(before + 1);
    const jobId = await makeJob(db, { targetId: nodeId, targetKind: 'node', ownerId: null });
    await db.job.update({
      where: { id: jobId },
      data: { clusterId, status: 'success', endedAt: later(1_000) },
    });
    expect(await count()).toBe(before + 2);
  });
});

it('cleans up migrations for operators', async () => {
  const { db, clusterId, alice } = world;
  const ownerId = alice.actor.userId;
  const id = await makeInstance(db, { clusterId, ownerId, name: 'moved1', status: 'errorWrongNode' });
  await expect(cleanUpMigration(alice.ctx, { id })).rejects.toMatchObject({ code: 'forbidden' });
  const { jobId } = await cleanUpMigration(ctx(), { id });
  expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({
    ...{ operation: 'instance.cleanupMigration', params: { instanceId: id } },
  });
});
