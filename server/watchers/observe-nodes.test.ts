import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultHvParams } from '@/contract/schemas/hv-params';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import type { OpenNode } from '@/agents/simulated-nodes';
import {
  makeNodeIdentity,
  startSimulatedCluster,
  type ClusterNode,
  type SimulatedCluster,
} from '../agents/testing/simulated-cluster';
import { createDb, type Db } from '../db/client';
import { refreshStatuses } from '../db/instance-state';
import type { Watcher } from './every';
import { observeNodes } from './observe-nodes';

let agents: SimulatedCluster;
let database: TestDatabase;
let db: Db;
let watcher: Watcher | undefined;
let clusterId: string;

beforeEach(async () => {
  [agents, database] = await Promise.all([startSimulatedCluster(), createTestDatabase()]);
  db = createDb(database.url, 5);
  const data = { name: 'c', hypervisors: ['simulated'], diskTemplates: ['simulated'] };
  clusterId = (await db.cluster.create({ data })).id;
});
afterEach(async () => {
  watcher?.close();
  await agents.close();
  await db.$disconnect();
  await database.drop();
});

const timing = {
  ...{ unreachableAfterMs: 200, seenEveryMs: 50 },
  ...{ retryMs: { first: 20, most: 50 }, steadyAfterMs: 100 },
};
const watch = () => {
  watcher = observeNodes({ db, agents: agents.client, timing, lookEveryMs: 20 });
};

async function addNode(state = 'online', options: Partial<OpenNode> = {}): Promise<ClusterNode> {
  const node = await agents.addNode(options);
  const { id, name, address } = node;
  await db.node.create({ data: { id, clusterId, name, address, state } });
  return node;
}

async function addInstance(node: ClusterNode, { start = true, nodeId = node.id } = {}) {
  const id = randomUUID();
  const name = `vm-${id.slice(0, 8)}`;
  const base = {
    vcpus: 1,
    memoryMiB: 128,
    diskTemplate: 'diskless' as const,
    hypervisor: 'simulated' as const,
  };
  const os = { kind: 'none' as const };
  await db.instance.create({
    data: {
      ...base,
      id,
      clusterId,
      nodeId,
      name,
      os,
      lifecycle: 'ready',
      adminState: 'up',
      status: 'errorDown',
    },
  });
  const definition = { ...base, id, name, os, hvParams: defaultHvParams, disks: [], nics: [] };
  await agents.client.call(node, 'instance.define', { definition });
  if (start) await agents.client.call(node, 'instance.start', { instanceId: id });
  return id;
}

async function until<T>(read: () => Promise<T | null>, wanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== null && wanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const instanceBecomes = (id: string, status: string) =>
  until(
    () => db.instance.findUnique({ where: { id } }),
    (one) => one.status === status,
  );
const nodeBecomes = (id: string, state: string) =>
  until(
    () => db.node.findUnique({ where: { id } }),
    (one) => one.state === state,
  );
const eventsOf = (id: string) => db.event.count({ where: { resourceId: id } });

it('stores a snapshot, then each change, and announces only what changed', async () => {
  const node = await addNode();
  const id = await addInstance(node);
  watch();
  const instance = await instanceBecomes(id, 'running');
  expect(instance).toMatchObject({ operState: 'running', accelerator: 'simulated' });
  expect(await eventsOf(id)).toBe(1);
  await agents.client.call(node, 'instance.stop', { instanceId: id, force: true, timeoutMs: 0 });
  await instanceBecomes(id, 'errorDown');
  expect(await eventsOf(id)).toBe(2);
  const { facts, clockSkewMs, seenAt } = await db.node.findUniqueOrThrow({ where: { id: node.id } });
  expect(facts).toMatchObject({ hostName: node.name });
  expect(Math.abs(clockSkewMs ?? 1e9)).toBeLessThan(60_000);
  expect(seenAt).not.toBeNull();
});

it('marks a node that is cut off unreachable with its instances, and both well again when it is back', async () => {
  const identity = await makeNodeIdentity(agents.ca, randomUUID());
  const node = await addNode('online', { identity, name: 'node1' });
  const id = await addInstance(node);
  watch();
  await instanceBecomes(id, 'running');
  await agents.nodes.cut(node.id);
  expect((await nodeBecomes(node.id, 'unreachable')).problem).toContain('node1');
  expect(await db.instance.findUnique({ where: { id } })).toMatchObject({
    status: 'nodeDown',
    operState: 'running',
  });
  await agents.nodes.open({ identity, name: 'node1' });
  expect((await nodeBecomes(node.id, 'online')).problem).toBeNull();
  await instanceBecomes(id, 'running');
});

it('tells where an instance runs that belongs to another node, and believes nothing else of it', async () => {
  const [stranger, own] = [await addNode(), await addNode()];
  const id = await addInstance(stranger, { nodeId: own.id });
  watch();
  const { problem } = await until(
    () => db.node.findUnique({ where: { id: stranger.id } }),
    (one) => one.problem !== null,
  );
  expect(problem).toMatch(/^Runs instances that do not belong here: vm-/);
  const unchanged = { operState: 'absent', accelerator: null, nodeId: own.id };
  expect(await instanceBecomes(id, 'errorWrongNode')).toMatchObject({
    ...unchanged,
    elsewhereId: stranger.id,
  });
  await agents.client.call(stranger, 'instance.stop', { instanceId: id, force: true, timeoutMs: 0 });
  expect(await instanceBecomes(id, 'errorDown')).toMatchObject({ ...unchanged, elsewhereId: null });
});

it('believes that an instance still runs on a wrong node that fell silent, but not on one that is off', async () => {
  const [stranger, own] = [await addNode(), await addNode()];
  const id = await addInstance(stranger, { nodeId: own.id });
  watch();
  await instanceBecomes(id, 'errorWrongNode');
  await agents.nodes.cut(stranger.id);
  await nodeBecomes(stranger.id, 'unreachable');
  expect(await db.instance.findUnique({ where: { id } })).toMatchObject({ status: 'errorWrongNode' });
  await db.$transaction(async (tx) => {
    await tx.node.update({ where: { id: stranger.id }, data: { state: 'offline' } });
    await refreshStatuses(tx, { aboutNodeId: stranger.id });
  });
  expect(await db.instance.findUnique({ where: { id } })).toMatchObject({ status: 'errorDown' });
});

it('lets no node speak of an instance of another cluster', async () => {
  const [stranger, own] = [await addNode(), await addNode()];
  const data = { name: 'other', hypervisors: ['simulated'], diskTemplates: ['simulated'] };
  const other = await db.cluster.create({ data });
  const id = await addInstance(stranger, { nodeId: own.id });
  await db.instance.update({ where: { id }, data: { clusterId: other.id } });
  watch();
  await until(
    () => db.node.findUnique({ where: { id: stranger.id } }),
    (one) => one.problem !== null,
  );
  expect(await db.instance.findUnique({ where: { id } })).toMatchObject({
    elsewhereId: null,
    status: 'errorDown',
  });
});

it('takes an instance that is missing from a snapshot for absent, but keeps how it ended', async () => {
  const node = await addNode();
  const gone = await addInstance(node, { start: false });
  const ended = await addInstance(node, { start: false });
  await db.instance.update({ where: { id: gone }, data: { operState: 'running', status: 'running' } });
  await db.instance.update({ where: { id: ended }, data: { operState: 'shutdown', status: 'userDown' } });
  watch();
  await instanceBecomes(gone, 'errorDown');
  expect(await db.instance.findUnique({ where: { id: ended } })).toMatchObject({ operState: 'shutdown' });
});

it('leaves nodes alone that are joining or being removed', async () => {
  const joining = await addNode('joining');
  const online = await addNode();
  watch();
  await until(
    () => db.node.findUnique({ where: { id: online.id } }),
    (one) => one.facts !== null,
  );
  expect(await db.node.findUnique({ where: { id: joining.id } })).toMatchObject({
    state: 'joining',
    facts: null,
  });
});

it('brings a changed setting to the node', async () => {
  const node = await addNode();
  watch();
  await until(
    () => db.node.findUnique({ where: { id: node.id } }),
    (one) => one.facts !== null,
  );
  await db.node.update({ where: { id: node.id }, data: { acceleratorSetting: 'tcg' } });
  await until(
    () => db.node.findUnique({ where: { id: node.id } }),
    (one) => JSON.stringify(one.facts).includes('"setting":"tcg"'),
  );
});
