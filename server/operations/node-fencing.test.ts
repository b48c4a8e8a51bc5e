// What is special about declaring nodes off and taking them back: a node that may still run something is never taken for dead.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { lookAtOffline } from '../watchers/notice-returned';
import { useWorld } from './testing/use-world';
import { type World, type Place } from './testing/world';

let agents: SimulatedCluster;
let world: World;

useWorld((used) => ({ agents, world } = used));

type NodeOperation = 'node.setOffline' | 'node.fence' | 'node.setOnline';

async function work(
  place: Place,
  operation: NodeOperation,
  params: { nodeId: string; stopStrays?: boolean },
) {
  const target = { kind: 'node', id: params.nodeId, name: 'the node' } as const;
  return untilEnded(world.db, await world.order({ operation, place, target, params }));
}

const stateOf = (id: string) =>
  world.db.node.findUniqueOrThrow({
    where: { id },
    select: { state: true, fencedAt: true, fencedHow: true, answersSince: true },
  });

async function addLostNode({ clusterId }: Place): Promise<string> {
  const data = {
    clusterId,
    name: `lost-${randomUUID().slice(0, 8)}`,
    address: '127.0.0.1:1',
    state: 'unreachable',
  };
  return (await world.db.node.create({ data })).id;
}

async function fencedPlace(): Promise<Place> {
  const place = await world.makePlace();
  const fenced = { state: 'offline', fencedAt: new Date(), fencedHow: 'declared' };
  await world.db.node.update({ where: { id: place.node.id }, data: fenced });
  return place;
}

const logOf = async (jobId: number) =>
  (await world.db.jobLogLine.findMany({ where: { jobId }, orderBy: { serial: 'asc' } })).map(
    ({ message }) => message,
  );

describe('a node that is said to be off', () => {
  it('is not believed to be while it answers', async () => {
    const place = await world.makePlace();
    await world.db.node.update({ where: { id: place.node.id }, data: { state: 'unreachable' } });
    const job = await work(place, 'node.setOffline', { nodeId: place.node.id });
    expect(job).toMatchObject({ status: 'error', error: { code: 'wrong_state' } });
    expect(await stateOf(place.node.id)).toMatchObject({ state: 'unreachable', fencedAt: null });
  });
});

describe('a node that another one powers off', () => {
  it('counts as off when the command also says so, and the log has what it said', async () => {
    const place = await world.makePlace();
    await world.db.cluster.update({ where: { id: place.clusterId }, data: { fenceHook: 'simulated' } });
    const nodeId = await addLostNode(place);
    const job = await work(place, 'node.fence', { nodeId });
    expect(job).toMatchObject({ status: 'success', error: null });
    expect(await stateOf(nodeId)).toMatchObject({ state: 'offline', fencedHow: 'hook' });
    expect((await logOf(job.id)).join('\n')).toMatch(/has no power any more/);
  });

  it('does not count as off when the command fails', async () => {
    const place = await world.makePlace();
    await world.db.cluster.update({ where: { id: place.clusterId }, data: { fenceHook: 'simulated' } });
    const nodeId = await addLostNode(place);
    place.node.simulated.faults.fail('fence.off', { error: new AppError('tool_failed', 'no BMC') });
    const job = await work(place, 'node.fence', { nodeId });
    expect(job).toMatchObject({ status: 'error', error: { code: 'tool_failed' } });
    expect(await stateOf(nodeId)).toMatchObject({ state: 'unreachable', fencedAt: null });
  });

  it('is not touched where no other node has the command', async () => {
    const place = await world.makePlace();
    await world.db.cluster.update({ where: { id: place.clusterId }, data: { fenceHook: 'ipmi' } });
    const job = await work(place, 'node.fence', { nodeId: await addLostNode(place) });
    expect(job).toMatchObject({ status: 'error', error: { code: 'wrong_state' } });
    expect(place.node.simulated.faults.count('fence.off')).toBe(0);
  });
});

describe('an offline node that answers again', () => {
  it('stays offline, and since when it answers is told', async () => {
    const place = await fencedPlace();
    const nodeId = place.node.id;
    await lookAtOffline({ db: world.db, agents: agents.client });
    const { answersSince, state } = await stateOf(nodeId);
    expect(state).toBe('offline');
    expect(answersSince).not.toBeNull();
    await lookAtOffline({ db: world.db, agents: agents.client });
    expect((await stateOf(nodeId)).answersSince).toEqual(answersSince);
    await agents.nodes.cut(nodeId);
    await lookAtOffline({ db: world.db, agents: agents.client });
    expect(await stateOf(nodeId)).toMatchObject({ state: 'offline', answersSince: null });
  });

  /** Its instance was started on another node meanwhile, and it does not know that. */
  async function fencedPlaceWithStray() {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: true });
    const other = await addLostNode(place);
    await world.db.instance.update({ where: { id: instanceId }, data: { nodeId: other } });
    const fenced = { state: 'offline', fencedAt: new Date(), fencedHow: 'declared' };
    await world.db.node.update({ where: { id: place.node.id }, data: fenced });
    const { name } = await world.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    return { place, name };
  }
  const running = async (place: Place) => {
    const { instances } = await agents.client.call(place.node, 'instance.list', {});
    return instances.filter(({ operState }) => operState === 'running').length;
  };

  it('is not taken back while something runs there that belongs elsewhere, which is named', async () => {
    const { place, name } = await fencedPlaceWithStray();
    const job = await work(place, 'node.setOnline', { nodeId: place.node.id });
    expect(job).toMatchObject({ status: 'error', error: { code: 'wrong_state' } });
    expect(JSON.stringify(job.error)).toContain(name);
    expect(await stateOf(place.node.id)).toMatchObject({ state: 'offline', fencedHow: 'declared' });
    expect(await running(place)).toBe(1);
  });

  it('is taken back after that was stopped', async () => {
    const { place } = await fencedPlaceWithStray();
    const job = await work(place, 'node.setOnline', { nodeId: place.node.id, stopStrays: true });
    expect(job).toMatchObject({ status: 'success', error: null });
    expect(await stateOf(place.node.id)).toMatchObject({ state: 'online', fencedAt: null, fencedHow: null });
    expect(await running(place)).toBe(0);
  });

  it('is not taken back while a failover counts on it being off', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    const fenced = { state: 'offline', fencedAt: new Date(), fencedHow: 'declared' };
    await world.db.node.update({ where: { id: place.node.id }, data: fenced });
    const [{ nextval: id } = { nextval: 0n }] = await world.db.$queryRaw<{ nextval: bigint }[]>`
      SELECT nextval('"Job_id_seq"')`;
    await world.db.job.create({
      data: {
        ...{ id: Number(id), operation: 'instance.failover', params: { instanceId } },
        ...{ targetKind: 'instance', targetId: instanceId, targetName: 'web1' },
        // It waits for itself, so that it stays as it is.
        dependencies: { create: [{ dependsOnId: Number(id), statuses: ['success'] }] },
      },
    });
    const job = await work(place, 'node.setOnline', { nodeId: place.node.id });
    expect(job).toMatchObject({ status: 'error', error: { code: 'busy' } });
    await world.db.job.delete({ where: { id: Number(id) } });
  });
});
