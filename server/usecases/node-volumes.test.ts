import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putFile, runCommand } from './node-commands';
import { listVolumes, removeVolume } from './node-volumes';
import { makeInstance, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const ctx = () => world.operator.ctx;
const volume = (name: string, diskId: string | null) => ({
  ...{ kind: 'vg', pool: 'corral', name, sizeMiB: 64, tags: [], inUse: false },
  ...{ diskId, instanceId: diskId && randomUUID() },
});

describe('volumes of a node', () => {
  it('are told with their instance; orphans come first, and only they can be removed', async () => {
    const { db, clusterId, nodeId } = world;
    const here = await makeInstance(db, { clusterId, ownerId: null, nodeId, name: 'here1' });
    const away = await makeInstance(db, { clusterId, ownerId: null, name: 'away1' });
    const diskOf = async (instanceId: string) =>
      (await db.disk.findFirstOrThrow({ where: { instanceId } })).id;
    const volumes = [
      volume('root', null),
      volume('disk-here', await diskOf(here)),
      volume('disk-away', await diskOf(away)),
      volume('disk-lost', randomUUID()),
    ];
    await db.node.update({ where: { id: nodeId }, data: { volumes, volumesSeenAt: new Date() } });
    const { items } = await listVolumes(ctx(), { id: nodeId });
    expect(items.map(({ name, owner, instance }) => [name, owner, instance?.name])).toEqual([
      ['disk-lost', 'orphan', undefined],
      ['disk-away', 'elsewhere', 'away1'],
      ['disk-here', 'disk', 'here1'],
      ['root', 'foreign', undefined],
    ]);
    const remove = (name: string, confirmName = name) =>
      removeVolume(ctx(), { id: nodeId, kind: 'vg', pool: 'corral', name, confirmName });
    for (const name of ['root', 'disk-here', 'disk-away'])
      await expect(remove(name)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(remove('disk-lost', 'disk-los')).rejects.toMatchObject({ code: 'invalid' });
    await expect(remove('disk-new')).rejects.toMatchObject({ code: 'not_found' });
    const { jobId } = await remove('disk-lost');
    expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      operation: 'node.removeVolume',
      params: { nodeId, volume: { kind: 'vg', pool: 'corral', name: 'disk-lost' } },
    });
  });
});

describe('commands and files for nodes', () => {
  it('are one job each, with a run id of its own, and the audit has the command and who', async () => {
    const { db, clusterId, nodeId } = world;
    const other = await makeNode(db, { clusterId, name: 'gnu5' });
    const order = { command: 'uptime', timeoutS: 30 };
    const { jobIds } = await runCommand(ctx(), { nodeIds: [nodeId, other], ...order });
    const jobs = await db.job.findMany({ where: { id: { in: jobIds } } });
    expect(jobs.map(({ targetId }) => targetId).sort()).toEqual([nodeId, other].sort());
    const runIds = jobs.map(({ params }) => Reflect.get(Object(params), 'runId'));
    expect(new Set(runIds).size).toBe(2);
    for (const { jobId, details, action, actorName } of await db.auditEntry.findMany({
      where: { jobId: { in: jobIds } },
    }))
      expect({ jobId, details, action, actorName }).toMatchObject({
        ...{ action: 'node.runCommand', details: order, actorName: world.operator.actor.name },
      });
  });

  it('keep no content of files in the audit', async () => {
    const file = { path: '/etc/secret', mode: '0600', content: 'very secret' };
    const { jobIds } = await putFile(ctx(), { nodeIds: [world.nodeId], ...file });
    const entries = await world.db.auditEntry.findMany({ where: { jobId: { in: jobIds } } });
    expect(entries).toMatchObject([{ action: 'node.putFile', details: { path: '/etc/secret', bytes: 11 } }]);
    expect(JSON.stringify(entries)).not.toContain('very secret');
  });

  it('are refused where a node is not there, and to customers', async () => {
    const { db, clusterId, alice } = world;
    const away = await makeNode(db, { clusterId, name: 'emu6', state: 'unreachable' });
    const order = { command: 'uptime', timeoutS: 30 };
    await expect(runCommand(ctx(), { nodeIds: [away], ...order })).rejects.toMatchObject({
      ...{ code: 'wrong_state', message: expect.stringContaining('emu6 is unreachable') },
    });
    await expect(runCommand(ctx(), { nodeIds: [randomUUID()], ...order })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(runCommand(alice.ctx, { nodeIds: [world.nodeId], ...order })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
