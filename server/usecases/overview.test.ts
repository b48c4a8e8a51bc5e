// Figures and findings over everything, and clusters.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterCreate, Overview } from '@/contract/schemas/cluster';
import { createCluster, getCluster, listClusters, updateCluster } from './clusters';
import { createInstance } from './instance-create';
import { getOverview } from './overview';
import {
  factsOf,
  finishJobs,
  makeInstance,
  makeJob,
  makeNode,
  openWorld,
  wishFor,
  type World,
} from './testing/console-world';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());
beforeEach(() => finishJobs(world.db));

async function findings() {
  const overview = Overview.parse(await getOverview(world.operator.ctx));
  return overview.findings.map(({ severity, kind, target }) => `${severity} ${kind} ${target.name}`);
}

describe('the overview', () => {
  it('is calm where nothing is wrong', async () => {
    expect(await findings()).toEqual([]);
  });

  it('counts instances by status, nodes by state and unfinished jobs', async () => {
    const { db, clusterId, nodeId, alice } = world;
    const columns = { clusterId, ownerId: alice.actor.userId, nodeId };
    await makeInstance(db, { ...columns, status: 'running', operState: 'running' });
    const id = await makeInstance(db, { ...columns, status: 'stopped' });
    await makeJob(db, { targetId: id, ownerId: alice.actor.userId });
    const overview = await getOverview(world.operator.ctx);
    expect(overview.instances).toMatchObject({ running: 1, stopped: 1, errorDown: 0 });
    expect(overview.nodes).toEqual({ joining: 0, online: 1, unreachable: 0, offline: 0, removing: 0 });
    expect(overview.unfinishedJobs).toBe(1);
    expect(overview.clusters[0]).toMatchObject({
      ...{ nodes: 1, nodesOnline: 1, instances: 2, running: 1 },
      capacity: {
        memory: { total: 65_536, allocated: 1024, used: 5536, largestNode: 65_536 },
        disk: { total: 1_000_000, allocated: 2048, used: 100_000 },
        vcpus: { threads: 16, allocated: 2 },
      },
    });
  });

  it('is calm about an instance that a job is starting or stopping', async () => {
    const { db, clusterId } = world;
    const ownerId = world.alice.actor.userId;
    const targetId = await makeInstance(db, { clusterId, ownerId, name: 'busy1', status: 'errorUp' });
    await makeJob(db, { targetId, ownerId });
    expect(await findings()).toEqual([]);
    await finishJobs(db);
    expect(await findings()).toEqual(['warning instanceErrorUp busy1']);
    await db.instance.delete({ where: { id: targetId } });
  });

  it('finds what somebody should look at, errors first', async () => {
    const { db, clusterId, nodeId, alice } = world;
    const facts = factsOf('rhino7');
    facts.memory.freeMiB = 100;
    facts.pools = facts.pools.map((pool) => ({ ...pool, freeMiB: 100 }));
    facts.oses = [{ kind: 'tiny', state: 'failed', detail: 'no space' }];
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    await db.node.update({
      where: { id: nodeId },
      data: { facts, clockSkewMs: -5000, certificateExpiresAt: inDays(2) },
    });
    const node = { clusterId, address: 'x:1' };
    await db.node.create({ data: { ...node, name: 'late', createdAt: inDays(-1) } });
    await db.node.create({ data: { ...node, name: 'fresh' } });
    await db.node.create({ data: { ...node, name: 'lost', state: 'unreachable', problem: 'refused' } });
    const make = (name: string, status: string, ownerId: string | null = alice.actor.userId) =>
      makeInstance(db, { clusterId, ownerId, name, status });
    await make('crashed1', 'errorDown');
    await make('extra1', 'errorUp');
    await make('dark1', 'nodeDown');
    await make('orphan1', 'stopped', null);
    const jobId = await makeJob(db, { targetId: randomUUID(), ownerId: null, status: 'error' });
    await db.job.update({ where: { id: jobId }, data: { needsAttention: true, targetName: 'left1' } });
    expect((await findings()).sort()).toEqual([
      'error certificateExpiring rhino7',
      'error instanceErrorDown crashed1',
      'error instanceNodeDown dark1',
      'error jobNeedsAttention left1',
      'error nodeUnreachable lost',
      'warning diskLow rhino7',
      'warning instanceErrorUp extra1',
      'warning memoryLow rhino7',
      'warning nodeClockSkew rhino7',
      'warning nodeNeverSeen late',
      'warning orphanInstance orphan1',
      'warning osFailed rhino7',
    ]);
    const severities = (await findings()).map((finding) => finding.split(' ')[0]);
    expect(severities).toEqual([...severities].sort());
  });
});

describe('a cluster', () => {
  it('is created once for a name and changed field by field, audited', async () => {
    const { ctx } = world.operator;
    const input = { name: 'lab', hypervisors: ['kvm' as const], diskTemplates: ['file' as const] };
    const wish = ClusterCreate.parse(input);
    const { id } = await createCluster(ctx, wish);
    await expect(createCluster(ctx, wish)).rejects.toMatchObject({ code: 'already_exists' });
    const defaultQuota = { instances: 5, vcpus: null, memoryMiB: 0, diskMiB: 10 };
    expect(await updateCluster(ctx, { id, defaultQuota })).toMatchObject({
      ...input,
      defaultQuota,
      quotaPolicy: 'all',
    });
    expect(
      await updateCluster(ctx, { id, quotaPolicy: 'running', diskTemplates: ['diskless'] }),
    ).toMatchObject({
      ...{ defaultQuota, quotaPolicy: 'running', diskTemplates: ['diskless'] },
    });
    const audit = await world.db.auditEntry.findMany({ where: { targetId: id }, orderBy: { id: 'asc' } });
    expect(audit.map((row) => row.action)).toEqual(['cluster.create', 'cluster.update', 'cluster.update']);
    expect(audit[2]?.details).toEqual({
      before: { quotaPolicy: 'all', diskTemplates: ['file'] },
      after: { quotaPolicy: 'running', diskTemplates: ['diskless'] },
    });
    expect(
      await updateCluster(ctx, { id, bridges: ['br1', 'br0', 'br1'], userNetwork: false }),
    ).toMatchObject({ bridges: ['br0', 'br1'], userNetwork: false });
    const networks = await world.db.auditEntry.findFirst({
      where: { targetId: id },
      orderBy: { id: 'desc' },
    });
    expect(networks?.details).toEqual({
      before: { bridges: [], userNetwork: true },
      after: { bridges: ['br0', 'br1'], userNetwork: false },
    });
    const unknown = { id: randomUUID() };
    for (const attempt of [getCluster, updateCluster])
      await expect(attempt(ctx, unknown)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('allows customers nothing until somebody says how much, unless it is created with a default quota', async () => {
    const { operator, alice, db } = world;
    const offers = { hypervisors: ['simulated'], diskTemplates: ['simulated'] };
    const shut = await createCluster(operator.ctx, ClusterCreate.parse({ name: 'shut', ...offers }));
    expect(shut.defaultQuota).toEqual({ instances: 0, vcpus: 0, memoryMiB: 0, diskMiB: 0 });
    await makeNode(db, { clusterId: shut.id, name: 'shut1' });
    await expect(createInstance(alice.ctx, wishFor(shut.id))).rejects.toMatchObject({ code: 'no_resources' });
    await createInstance(operator.ctx, wishFor(shut.id));

    const defaultQuota = { instances: 1, vcpus: null, memoryMiB: null, diskMiB: 4096 };
    const open = await createCluster(
      operator.ctx,
      ClusterCreate.parse({ name: 'open', ...offers, defaultQuota }),
    );
    expect(open.defaultQuota).toEqual(defaultQuota);
    await makeNode(db, { clusterId: open.id, name: 'open1' });
    await createInstance(alice.ctx, wishFor(open.id));
  });

  it('says which bridges its nodes have, to operators only', async () => {
    const { operator, alice, clusterId } = world;
    expect(await getCluster(operator.ctx, { id: clusterId })).toMatchObject({ nodeBridges: ['br0'] });
    const { items } = await listClusters(alice.ctx);
    expect(items.find((cluster) => cluster.id === clusterId)).toMatchObject({ nodeBridges: [] });
  });

  it('keeps its policy while jobs work on its instances', async () => {
    const { db, operator, clusterId } = world;
    const targetId = await makeInstance(db, { clusterId, ownerId: null });
    const id = await makeJob(db, { targetId, ownerId: null });
    await db.job.update({ where: { id }, data: { clusterId } });
    await expect(
      updateCluster(operator.ctx, { id: clusterId, quotaPolicy: 'running' }),
    ).rejects.toMatchObject({
      code: 'busy',
    });
  });
});
