import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getCluster, updateCluster } from './clusters';
import { assignNodes, createNodeGroup, removeNodeGroup, updateNodeGroup } from './node-groups';
import { makeCluster, makeInstance, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
let clusterId: string;
let nodeIds: string[];

beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());
beforeEach(async () => {
  clusterId = await makeCluster(world.db);
  const make = () => makeNode(world.db, { clusterId, name: `n-${randomUUID().slice(0, 8)}` });
  nodeIds = [await make(), await make()];
});

const ctx = () => world.operator.ctx;
async function makeGroup(name: string): Promise<string> {
  const { groups } = await createNodeGroup(ctx(), { id: clusterId, name });
  return groups.find((group) => group.name === name)?.id ?? expect.fail('no group');
}
const assign = (groupId: string | null, ids: string[], splitMirrors = false) =>
  assignNodes(ctx(), { id: clusterId, groupId, nodeIds: ids, splitMirrors });

describe('node groups', () => {
  it('are made, renamed and, when they are empty, removed', async () => {
    const id = await makeGroup('rack1');
    await expect(createNodeGroup(ctx(), { id: clusterId, name: 'rack1' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    const renamed = await updateNodeGroup(ctx(), { id, name: 'rack2' });
    expect(renamed.groups).toMatchObject([{ name: 'rack2', nodes: [] }]);
    await assign(id, nodeIds);
    await expect(removeNodeGroup(ctx(), { id })).rejects.toMatchObject({ code: 'wrong_state' });
    await assign(null, nodeIds);
    expect((await removeNodeGroup(ctx(), { id })).groups).toEqual([]);
    const entries = await world.db.auditEntry.findMany({
      where: { targetId: clusterId },
      orderBy: { id: 'asc' },
    });
    expect(entries.map(({ action }) => action)).toEqual([
      ...['nodeGroup.create', 'nodeGroup.update', 'nodeGroup.assign', 'nodeGroup.assign', 'nodeGroup.remove'],
    ]);
  });

  it('do not tear mirrors apart unless that is said', async () => {
    const id = await makeGroup('rack1');
    const [nodeId = '', secondaryId = ''] = nodeIds;
    const instanceId = await makeInstance(world.db, { clusterId, ownerId: null, nodeId });
    await world.db.instance.update({ where: { id: instanceId }, data: { secondaryId } });
    await expect(assign(id, [nodeId])).rejects.toMatchObject({ code: 'wrong_state' });
    expect((await getCluster(ctx(), { id: clusterId })).groups).toMatchObject([{ nodes: [] }]);
    await assign(id, [nodeId, secondaryId]);
    const { groups } = await assign(null, [nodeId], true);
    expect(groups).toMatchObject([{ nodes: [{ id: secondaryId }] }]);
    // What is split already is no reason to refuse another change.
    await assign(null, [nodeId]);
  });

  it('take no nodes of other clusters', async () => {
    const id = await makeGroup('rack1');
    await expect(assign(id, [world.nodeId])).rejects.toMatchObject({ code: 'not_found' });
    await expect(assign(randomUUID(), nodeIds)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('have disk parameters of their own, and clusters too', async () => {
    const id = await makeGroup('rack1');
    await updateNodeGroup(ctx(), { id, diskParams: { plain: { vg: 'fast' } } });
    const diskParams = { drbd: { resyncRateKiB: 10_000 } };
    const cluster = await updateCluster(ctx(), {
      id: clusterId,
      diskParams,
      wipeDisks: false,
      fenceHook: 'ipmi',
    });
    expect(cluster).toMatchObject({
      ...{ diskParams, wipeDisks: false, fenceHook: 'ipmi' },
      groups: [{ diskParams: { plain: { vg: 'fast' } } }],
    });
  });

  it('are for operators', async () => {
    const id = await makeGroup('rack1');
    const alice = world.alice.ctx;
    await expect(updateNodeGroup(alice, { id, name: 'mine' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(removeNodeGroup(alice, { id: randomUUID() })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a cluster', () => {
  it('decides whether a shutdown from inside is a failure', async () => {
    const [nodeId] = nodeIds;
    const id = await makeInstance(world.db, {
      ...{ clusterId, ownerId: null, nodeId, adminState: 'up', operState: 'shutdown', status: 'errorDown' },
    });
    await updateCluster(ctx(), { id: clusterId, userShutdown: true });
    expect(await world.db.instance.findUnique({ where: { id } })).toMatchObject({ status: 'userDown' });
  });
});
