// What operators decide about whole nodes: declaring them off, emptying them, restoring what they lost.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getLostMirrors, restoreMirrors } from './lost-mirrors';
import { evacuateNode, getEvacuationPlan } from './node-evacuation';
import { getOverview } from './overview';
import { setNodeOffline, setNodeOnline } from './node-fencing';
import {
  factsOf,
  finishJobs,
  makeCluster,
  makeInstance,
  makeNode,
  openWorld,
  type World,
} from './testing/console-world';

let world: World;
let clusterId: string;
let nodes: { a: string; b: string; c: string };

beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());
beforeEach(async () => {
  clusterId = await makeCluster(world.db);
  const make = async (letter: string) => {
    const name = `${letter}-${randomUUID().slice(0, 8)}`;
    const id = await makeNode(world.db, { clusterId, name });
    const pools = [{ kind: 'vg', name: 'corral', totalMiB: 1_000_000, freeMiB: 900_000 }];
    const offers = { diskTemplates: ['drbd', 'plain'], replicationAddress: '10.0.0.1', pools };
    await world.db.node.update({ where: { id }, data: { facts: { ...factsOf(name), ...offers } } });
    return id;
  };
  nodes = { a: await make('a'), b: await make('b'), c: await make('c') };
});

/** Ports and minors, each once. */
let serial = 0;
async function makeMirrored(nodeId: string, secondaryId: string, operState = 'running') {
  const ownerId = world.alice.actor.userId;
  const id = await makeInstance(world.db, { clusterId, ownerId, nodeId, operState, status: operState });
  await world.db.instance.update({ where: { id }, data: { secondaryId, diskTemplate: 'drbd' } });
  const disk = await world.db.disk.findFirstOrThrow({ where: { instanceId: id } });
  await world.db.mirror.create({
    data: {
      ...{ diskId: disk.id, clusterId, port: 11_000 + serial++, secret: '0' },
      sides: {
        create: [nodeId, secondaryId].map((side, end) => ({
          ...{ nodeId: side, end, minor: serial++ },
        })),
      },
    },
  });
  return id;
}

const ctx = () => world.operator.ctx;
const nameOf = async (id: string) => (await world.db.node.findUniqueOrThrow({ where: { id } })).name;
const auditOf = (targetId: string) =>
  world.db.auditEntry.findMany({ where: { targetId }, orderBy: { id: 'asc' } });

describe('emptying a node', () => {
  it('submits what the plan shows, each job with what it needs, and is found again', async () => {
    const id = await makeMirrored(nodes.a, nodes.b);
    const plan = await getEvacuationPlan(ctx(), { id: nodes.a, kind: 'all' });
    expect(plan.rows[0]?.moves.map(({ operation, node }) => [operation, node.id])).toEqual([
      ['instance.migrate', nodes.b],
      ['instance.replaceDisks', nodes.c],
    ]);
    const { digest } = plan;
    const accepted = await evacuateNode(ctx(), { id: nodes.a, kind: 'all', digest, drain: true });
    const jobs = await world.db.job.findMany({
      where: { batchId: accepted.batchId },
      include: { dependencies: true },
      orderBy: { id: 'asc' },
    });
    expect(jobs.map(({ params, targetId, ownerId }) => ({ params, targetId, ownerId }))).toEqual([
      { params: { instanceId: id }, targetId: id, ownerId: world.alice.actor.userId },
      {
        params: { instanceId: id, mode: 'newSecondary', nodeId: nodes.c },
        ...{ targetId: id, ownerId: world.alice.actor.userId },
      },
    ]);
    expect(jobs[1]?.dependencies).toMatchObject([{ dependsOnId: jobs[0]?.id, statuses: ['success'] }]);
    const node = await world.db.node.findUniqueOrThrow({ where: { id: nodes.a } });
    expect(node).toMatchObject({ drained: true, evacuationId: accepted.batchId });
    expect((await auditOf(nodes.a)).at(-1)).toMatchObject({ action: 'node.evacuate', outcome: 'accepted' });
  });

  it('moves what is not mirrored to the node that was shown', async () => {
    const id = await makeInstance(world.db, {
      clusterId,
      nodeId: nodes.a,
      ownerId: world.alice.actor.userId,
    });
    await world.db.instance.update({ where: { id }, data: { diskTemplate: 'plain' } });
    const { digest, rows } = await getEvacuationPlan(ctx(), { id: nodes.a, kind: 'primaries' });
    const [move] = rows[0]?.moves ?? [];
    expect(move?.operation).toBe('instance.move');
    await evacuateNode(ctx(), { id: nodes.a, kind: 'primaries', digest, drain: false });
    const job = await world.db.job.findFirstOrThrow({ where: { targetId: id } });
    expect(job).toMatchObject({
      operation: 'instance.move',
      params: { instanceId: id, nodeId: move?.node.id },
    });
    await finishJobs(world.db);
    await world.db.instance.delete({ where: { id } });
  });

  it('is refused when the plan is another one by now', async () => {
    await makeMirrored(nodes.a, nodes.b);
    const { digest } = await getEvacuationPlan(ctx(), { id: nodes.a, kind: 'primaries' });
    await makeMirrored(nodes.a, nodes.b);
    const again = evacuateNode(ctx(), { id: nodes.a, kind: 'primaries', digest, drain: false });
    await expect(again).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await world.db.job.count({ where: { clusterId } })).toBe(0);
  });

  it('leaves instances alone that a job works on', async () => {
    await makeMirrored(nodes.a, nodes.b);
    const kind = 'primaries';
    const { digest } = await getEvacuationPlan(ctx(), { id: nodes.a, kind });
    await evacuateNode(ctx(), { id: nodes.a, kind, digest, drain: false });
    const { rows, digest: next } = await getEvacuationPlan(ctx(), { id: nodes.a, kind });
    expect(rows).toMatchObject([{ moves: [], whyNot: expect.stringMatching(/^job \d+ works on it$/) }]);
    await expect(
      evacuateNode(ctx(), { id: nodes.a, kind, digest: next, drain: false }),
    ).rejects.toMatchObject({ code: 'wrong_state' });
    await finishJobs(world.db);
  });
});

describe('a plan', () => {
  it('leaves an instance whose mirrors are known not to be in step', async () => {
    const instanceId = await makeMirrored(nodes.a, nodes.b);
    const { id: diskId } = await world.db.disk.findFirstOrThrow({ where: { instanceId } });
    const status = {
      ...{ diskId, connection: 'connected', role: 'primary', diskState: 'upToDate', peerRole: 'secondary' },
      ...{ peerDiskState: 'inconsistent', sync: 'source', outOfSyncKiB: 10, syncDone: 0.5, secondsLeft: 9 },
      ...{ splitBrain: false, generations: [] },
    };
    await world.db.mirrorSide.updateMany({ where: { diskId, nodeId: nodes.a }, data: { status } });
    const { rows } = await getEvacuationPlan(ctx(), { id: nodes.a, kind: 'primaries' });
    expect(rows).toMatchObject([{ moves: [], whyNot: 'its mirrors are not in step yet' }]);
  });
});

describe('sides of mirrors that a node lost', () => {
  it('are made anew from the other side, one job for each instance', async () => {
    const [secondary, primary] = [
      await makeMirrored(nodes.b, nodes.a),
      await makeMirrored(nodes.a, nodes.b, 'absent'),
    ];
    const running = await makeMirrored(nodes.a, nodes.b);
    const { rows } = await getLostMirrors(ctx(), { id: nodes.a });
    expect(new Map(rows.map(({ instance, mode }) => [instance.id, mode]))).toEqual(
      new Map([
        [secondary, 'secondary'],
        [primary, 'primary'],
        [running, null],
      ]),
    );
    const { jobIds } = await restoreMirrors(ctx(), { id: nodes.a });
    const jobs = await world.db.job.findMany({ where: { id: { in: jobIds } } });
    expect(jobs.map(({ operation, targetId, params }) => ({ operation, targetId, params }))).toEqual(
      expect.arrayContaining([
        {
          ...{ operation: 'instance.replaceDisks', targetId: secondary },
          params: { instanceId: secondary, mode: 'secondary' },
        },
      ]),
    );
    expect(jobs).toHaveLength(2);
  });
});

describe('declaring a node off', () => {
  it('needs its name, and that it is not known to answer', async () => {
    const confirmName = await nameOf(nodes.a);
    const off = (name: string) => setNodeOffline(ctx(), { id: nodes.a, how: 'declared', confirmName: name });
    await expect(off(`${confirmName}x`)).rejects.toMatchObject({ code: 'invalid' });
    await expect(off(confirmName)).rejects.toMatchObject({ code: 'wrong_state' });
    await world.db.node.update({ where: { id: nodes.a }, data: { state: 'unreachable' } });
    const { jobId } = await off(confirmName);
    expect(await world.db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      operation: 'node.setOffline',
    });
    expect((await auditOf(nodes.a)).at(-1)).toMatchObject({
      ...{ action: 'node.setOffline', actorName: world.operator.actor.name },
      details: { how: 'declared', statement: `${confirmName} is off` },
    });
    await expect(off(confirmName)).rejects.toMatchObject({ code: 'busy' });
  });

  it('by command needs a cluster that has one', async () => {
    const confirmName = await nameOf(nodes.a);
    const fence = () => setNodeOffline(ctx(), { id: nodes.a, how: 'hook', confirmName });
    await expect(fence()).rejects.toMatchObject({ code: 'wrong_state' });
    await world.db.cluster.update({ where: { id: clusterId }, data: { fenceHook: 'ipmi' } });
    const { jobId } = await fence();
    expect(await world.db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      operation: 'node.fence',
    });
  });

  it('is taken back only of a node that is offline', async () => {
    const back = () => setNodeOnline(ctx(), { id: nodes.a, stopStrays: true });
    await expect(back()).rejects.toMatchObject({ code: 'wrong_state' });
    await world.db.node.update({ where: { id: nodes.a }, data: { state: 'offline', fencedAt: new Date() } });
    const { jobId } = await back();
    expect(await world.db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      params: { nodeId: nodes.a, stopStrays: true },
    });
  });

  it('is for operators', async () => {
    const confirmName = await nameOf(nodes.a);
    const alice = world.alice.ctx;
    for (const attempt of [
      () => setNodeOffline(alice, { id: nodes.a, how: 'declared', confirmName }),
      () => setNodeOnline(alice, { id: nodes.a, stopStrays: false }),
      () => getEvacuationPlan(alice, { id: nodes.a, kind: 'all' }),
      () => restoreMirrors(alice, { id: nodes.a }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the overview', () => {
  it('tells of an offline node that still has instances, and of one that answers again', async () => {
    await makeMirrored(nodes.a, nodes.b);
    const offline = { state: 'offline', fencedAt: new Date(), answersSince: new Date() };
    await world.db.node.update({ where: { id: nodes.a }, data: offline });
    const { findings } = await getOverview(ctx());
    const ofNode = findings.filter(({ target }) => target.id === nodes.a);
    expect(ofNode.map(({ severity, kind, values }) => [severity, kind, values['instances']])).toEqual([
      ['error', 'nodeOfflineInUse', 1],
      ['warning', 'nodeAnswersAgain', undefined],
    ]);
  });
});
