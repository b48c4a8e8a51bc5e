// What customers see: lists, searches, counts and pages tell exactly what single requests would.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InstanceListQuery, instanceSortKeys } from '@/contract/schemas/instance';
import { AuditListQuery } from '@/contract/schemas/audit';
import { JobListQuery } from '@/contract/schemas/job';
import { InstanceStatus, JobStatus } from '@/contract/states';
import { changeKinds } from '@/contract/events';
import { recordAudit } from '../db/audit';
import { createDb } from '../db/client';
import { hideAll, hidePaths, markInternal } from '../db/hide-names';
import { listAudit } from './audit';
import { listClusters } from './clusters';
import { getInstance, listInstances } from './instances';
import { getJob, getJobLog, listJobs } from './jobs';
import {
  makeCluster,
  makeInstance,
  makeJob,
  makeNode,
  makePerson,
  openWorld,
  type Person,
  type World,
} from './testing/console-world';
import { loadViews, viewEventData } from './views';

let world: World;
let instanceIds: string[];
let jobIds: number[];
let clusterIds: string[];
let nodeIds: string[];

const names = ['web', 'db', 'a_b', 'mail-1', 'x--y'];

beforeAll(async () => {
  world = await openWorld();
  const { db, alice, bob } = world;
  clusterIds = [world.clusterId, await makeCluster(db)];
  nodeIds = [world.nodeId, await makeNode(db, { clusterId: world.clusterId, name: 'hippo3' })];
  const owners = [alice.actor.userId, bob.actor.userId, null];
  instanceIds = [];
  for (let n = 0; n < 60; n += 1)
    instanceIds.push(
      await makeInstance(db, {
        clusterId: clusterIds[n % 2] ?? world.clusterId,
        ownerId: owners[n % 3] ?? null,
        nodeId: n % 4 === 0 ? null : nodeIds[n % 2],
        name: `${names[n % names.length]}${n}`,
        status: InstanceStatus.options[n % 5],
      }),
    );
  jobIds = [];
  for (let n = 0; n < 45; n += 1)
    jobIds.push(
      await makeJob(db, {
        targetId: instanceIds[n] ?? '',
        ownerId: owners[n % 3] ?? null,
        status: JobStatus.options[n % JobStatus.options.length],
      }),
    );
  jobIds.push(await makeJob(db, { targetId: world.nodeId, targetKind: 'node', ownerId: null }));
});
afterAll(() => world.close());

/** The ids that the person gets one by one. */
async function visibleOneByOne<I>(ids: I[], get: (id: I) => Promise<unknown>): Promise<Set<I>> {
  const seen = await Promise.all(
    ids.map((id) =>
      get(id).then(
        () => [id],
        () => [],
      ),
    ),
  );
  return new Set(seen.flat());
}

type Listed<T> = { items: T[]; total: number };

/** Every page, and that they fit together. */
async function allPages<T extends { id: string | number }>(list: (page: number) => Promise<Listed<T>>) {
  const ids: (string | number)[] = [];
  for (let page = 1; ; page += 1) {
    const { items, total } = await list(page);
    ids.push(...items.map((item) => item.id));
    if (items.length > 0 && ids.length < total) continue;
    expect(new Set(ids).size).toBe(total);
    expect((await list(page + 1)).items).toEqual([]);
    return ids;
  }
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const searches = fc.constantFrom('', 'w', 'WEB', 'b', '%', '_', 'a_b', '\\', "'", 'rhino', '02:', 'x--', '1');

describe('customers', () => {
  it('find the same instances in every list as one by one', async () => {
    const { alice, bob, operator } = world;
    const query = fc.record({
      status: optional(fc.constantFrom(...InstanceStatus.options.slice(0, 5))),
      ownerId: optional(fc.constantFrom(alice.actor.userId, bob.actor.userId, randomUUID())),
      clusterId: optional(fc.constantFrom(...clusterIds)),
      search: searches,
      sort: fc.constantFrom(...instanceSortKeys),
      order: fc.constantFrom('asc', 'desc'),
      pageSize: fc.constantFrom(1, 3, 7, 200),
    });
    for (const customer of [alice, bob]) {
      const visible = await visibleOneByOne(instanceIds, (id) => getInstance(customer.ctx, { id }));
      expect(visible.size).toBe(20);
      await fc.assert(
        fc.asyncProperty(query, async (raw) => {
          const ids = (person: Person) =>
            allPages((page) => listInstances(person.ctx, InstanceListQuery.parse({ ...raw, page })));
          const allowed = (await ids(operator)).filter((id) => visible.has(String(id)));
          const found = await ids(customer);
          // An order by node would tell who shares one, so customers get the order by name instead.
          if (raw.sort === 'node') expect([...found].sort()).toEqual([...allowed].sort());
          else expect(found).toEqual(allowed);
        }),
        { numRuns: 25 },
      );
    }
  });

  it('search for what they typed, in which nothing means more than itself', async () => {
    const all = await allPages((page) => listInstances(world.alice.ctx, InstanceListQuery.parse({ page })));
    const views = await loadViews(world.db, 'instance', all.map(String), world.alice.actor);
    const named = [...views].map(([id, view]) => ({ id, name: String(Reflect.get(Object(view), 'name')) }));
    for (const search of ['%', '_', 'a_b', '\\', "'", '-', 'web']) {
      const { items } = await listInstances(
        world.alice.ctx,
        InstanceListQuery.parse({ search, pageSize: 200 }),
      );
      const expected = named.filter(({ name }) => name.includes(search)).map(({ id }) => id);
      expect(items.map((instance) => instance.id).sort()).toEqual(expected.sort());
    }
  });

  it('learn nothing of nodes from instances', async () => {
    for (const nodeId of [...nodeIds, randomUUID()])
      expect(await listInstances(world.alice.ctx, InstanceListQuery.parse({ nodeId }))).toMatchObject({
        items: [],
        total: 0,
      });
    const byNode = await listInstances(world.alice.ctx, InstanceListQuery.parse({ sort: 'node' }));
    const byName = await listInstances(world.alice.ctx, InstanceListQuery.parse({ sort: 'name' }));
    expect(byNode).toEqual(byName);
    expect(JSON.stringify(byName)).not.toMatch(/rhino7|hippo3/);
    for (const nodeId of nodeIds) expect(JSON.stringify(byName)).not.toContain(nodeId);
    expect(byName.items.some((instance) => instance.seenAt !== null)).toBe(true);
  });

  it('find the same jobs in every list as one by one', async () => {
    const { alice, operator } = world;
    const visible = await visibleOneByOne(jobIds, (id) => getJob(alice.ctx, { id }));
    expect(visible.size).toBe(15);
    const query = fc.record({
      status: optional(fc.constantFrom('unfinished', ...JobStatus.options)),
      instanceId: optional(fc.constantFrom(...instanceIds.slice(0, 6))),
      nodeId: optional(fc.constantFrom(...nodeIds)),
      search: fc.constantFrom('', 'target', '%', 'x'),
      pageSize: fc.constantFrom(2, 200),
    });
    await fc.assert(
      fc.asyncProperty(query, async (raw) => {
        const ids = (person: Person) =>
          allPages((page) => listJobs(person.ctx, JobListQuery.parse({ ...raw, page })));
        expect(await ids(alice)).toEqual((await ids(operator)).filter((id) => visible.has(Number(id))));
      }),
      { numRuns: 25 },
    );
  });

  it('get clusters by name only', async () => {
    const { items } = await listClusters(world.alice.ctx);
    expect(items.map((cluster) => cluster.id).sort()).toEqual([...clusterIds].sort());
    for (const { nodes, capacity, instances } of items)
      expect([nodes, capacity.memory.total, capacity.disk.total, instances]).toEqual([0, 0, 0, 10]);
  });

  it('get the same from the live stream as from requests', async () => {
    const { db, alice, operator } = world;
    const base = { name: 'debian', format: 'raw', source: 'upload', state: 'ready', isPublic: true };
    const image = await db.image.create({ data: { ...base, clusterId: world.clusterId } });
    const imageIds = [image.id];
    const ids = {
      instance: instanceIds,
      node: nodeIds,
      cluster: clusterIds,
      job: jobIds.map(String),
      user: [alice, world.bob, operator].map((person) => person.actor.userId),
      quota: [alice, world.bob].map((person) => `${person.actor.userId}:${world.clusterId}`),
      audit: (await db.auditEntry.findMany()).map((row) => String(row.id)),
      'job-log': jobIds.map(String),
      image: imageIds,
    };
    const counts = async (person: Person) => {
      const views = changeKinds.map((kind) =>
        loadViews(db, kind, [...ids[kind], ...unknown[kind]], person.actor),
      );
      return Object.fromEntries((await Promise.all(views)).map((map, n) => [changeKinds[n], map.size]));
    };
    const unknown = {
      ...{ instance: [randomUUID()], node: [randomUUID()], cluster: [randomUUID()], user: [randomUUID()] },
      ...{
        job: ['1999999999'],
        audit: ['1999999999'],
        'job-log': ['1'],
        image: [randomUUID()],
        quota: [`${randomUUID()}:${randomUUID()}`],
      },
    };
    expect(await counts(alice)).toMatchObject({
      instance: 20,
      node: 0,
      cluster: 0,
      job: 15,
      user: 1,
      quota: 1,
      image: 0,
    });
    expect(await counts(operator)).toMatchObject({
      instance: 60,
      node: 2,
      cluster: 2,
      job: 46,
      user: 3,
      quota: 2,
      image: 1,
    });
    const [own = '', foreign = ''] = instanceIds;
    const views = await loadViews(db, 'instance', [own, foreign], alice.actor);
    expect([...views]).toEqual([[own, await getInstance(alice.ctx, { id: own })]]);
  });

  it('say nothing when the database fails, rather than that a quota is gone', async () => {
    const { alice } = world;
    const unreachable = createDb('postgresql://nobody@127.0.0.1:1/nothing', 1);
    const id = `${alice.actor.userId}:${world.clusterId}`;
    await expect(loadViews(unreachable, 'quota', [id], alice.actor)).rejects.toThrow();
  });
});

describe('names that customers may not know', () => {
  it('are taken out of their jobs, steps and logs', async () => {
    const { db, alice, bob, operator, nodeId } = world;
    const [targetId = ''] = instanceIds;
    const id = await makeJob(db, { targetId, ownerId: alice.actor.userId, status: 'error' });
    const text = `rhino7 (rhino7.example:4301, ${nodeId}) failed; hippo3 too; rhino77 is no node`;
    const error = { code: 'tool_failed', message: text, details: { node: 'rhino7', argv: ['lvs'] } };
    await db.job.update({ where: { id }, data: { error, createdById: bob.actor.userId } });
    await db.jobStep.create({ data: { jobId: id, index: 0, name: 'create-disks', status: 'failed', error } });
    await db.jobLogLine.create({ data: { jobId: id, serial: 1, level: 'info', message: text } });
    const hidden = 'a node (a node, a node) failed; a node too; rhino77 is no node';
    const job = await getJob(alice.ctx, { id });
    expect(job.error).toEqual({ code: 'tool_failed', message: hidden, details: {} });
    expect(job.steps[0]?.error).toEqual(job.error);
    expect(job.createdBy).toBeNull();
    expect((await getJobLog(alice.ctx, { id, after: 0 })).lines[0]?.message).toBe(hidden);
    expect(JSON.stringify([job, await listJobs(alice.ctx, JobListQuery.parse({}))])).not.toMatch(
      /rhino7\b|hippo3|bob of/,
    );
    const seen = await getJob(operator.ctx, { id });
    expect(seen).toMatchObject({ error, createdBy: { name: bob.actor.name } });
    expect((await getJobLog(operator.ctx, { id, after: 0 })).lines[0]?.message).toBe(text);
    expect((await getJobLog(alice.ctx, { id, after: 1 })).lines).toEqual([]);
  });

  it('are hidden as whole words, whatever characters they have', () => {
    const hide = hideAll(['web', 'n1.example.org', 'n1', '10.0.0.5:4301', '10.0.0.5', '']);
    expect(hide('web, web1, my-web and WEB')).toBe('a node, web1, my-web and a node');
    expect(hide('n1.example.org, n1.other, n1.')).toBe('a node, n1.other, a node.');
    expect(hide('connect 10.0.0.5:4301, 10.0.0.51')).toBe('connect a node, 10.0.0.51');
    expect(hideAll([])('web')).toBe('web');
  });

  it('are hidden also when the node is gone', async () => {
    const { db, alice, operator, clusterId } = world;
    const [targetId = ''] = instanceIds;
    const id = await makeJob(db, { targetId, ownerId: alice.actor.userId, status: 'error' });
    const text = 'Placed on okapi5 (okapi5.example:4301)';
    await db.jobLogLine.create({ data: { jobId: id, serial: 1, level: 'info', message: text } });
    const read = async ({ ctx }: Person) => (await getJobLog(ctx, { id, after: 0 })).lines[0]?.message;
    expect(await read(alice)).toBe(text);
    const nodeId = await makeNode(db, { clusterId, name: 'okapi5' });
    const target = { kind: 'node', id: nodeId, name: 'okapi5' };
    const details = { address: 'okapi5.example:4301' };
    await recordAudit(db, { action: 'agent.join', outcome: 'accepted', target, details });
    await db.node.delete({ where: { id: nodeId } });
    expect(await read(alice)).toBe('Placed on a node (a node)');
    expect(await read(operator)).toBe(text);
  });

  it('are hidden with what else is of the node alone: paths, and errors of the console itself', async () => {
    const { db, alice, operator, clusterId } = world;
    const targetId = await makeInstance(db, { clusterId, ownerId: alice.actor.userId });
    const id = await makeJob(db, { targetId, ownerId: alice.actor.userId, status: 'error' });
    const internal = { code: 'internal', message: 'Cannot read properties of undefined', details: {} };
    const line = `Undone: ${markInternal({ ...internal, code: 'internal' }, id)}`;
    await db.job.update({ where: { id }, data: { error: internal } });
    await db.jobStep.create({
      data: { jobId: id, index: 0, name: 'start', status: 'failed', error: internal },
    });
    const lines = [line, 'Reserving 1 GiB in /var/lib/corral/disks'];
    const rows = lines.map((message, serial) => ({ jobId: id, serial, level: 'info', message }));
    await db.jobLogLine.createMany({ data: rows.map((row) => ({ ...row, serial: row.serial + 1 })) });
    await recordAudit(db, {
      ...{ action: 'instance.start', outcome: 'failed', jobId: id, ownerId: alice.actor.userId },
      target: { kind: 'instance', id: targetId, name: 'web0' },
      details: { status: 'error', code: 'internal', message: internal.message },
    });
    const operDetail = 'QEMU ended: cannot open /srv/disks/1.raw';
    await db.instance.update({ where: { id: targetId }, data: { operDetail } });
    const read = async ({ ctx }: Person) => ({
      job: await getJob(ctx, { id }),
      log: (await getJobLog(ctx, { id, after: 0 })).lines.map(({ message }) => message),
      audit: (await listAudit(ctx, AuditListQuery.parse({ instanceId: targetId }))).items[0]?.details.message,
      instance: (await getInstance(ctx, { id: targetId })).operDetail,
    });
    const sentence = `Something went wrong in the console itself; an operator finds the reason in job ${id}`;
    const said = await read(alice);
    expect(said.job.error).toEqual({ code: 'internal', message: sentence, details: {} });
    expect(said.job.steps[0]?.error).toEqual(said.job.error);
    expect(said.log).toEqual([`Undone: ${sentence}`, 'Reserving 1 GiB in a path on the node']);
    expect(said.audit).toBe(sentence);
    expect(said.instance).toBe('QEMU ended: cannot open a path on the node');
    const seen = await read(operator);
    expect(seen.job.error).toEqual(internal);
    expect(seen).toMatchObject({ log: lines, audit: internal.message, instance: operDetail });
  });

  it('are hidden with every path, and with nothing that only looks like one', () => {
    expect(hidePaths('cannot open /dev/kvm: denied')).toBe('cannot open a path on the node: denied');
    expect(hidePaths('file=/srv/a-b/1.raw,format=raw')).toBe('file=a path on the node,format=raw');
    expect(hidePaths('in "/srv/x". Or file:///srv/x')).toBe('in "a path on the node". Or a path on the node');
    expect(hidePaths('at:/srv/ä/x.')).toBe('at:a path on the node.');
    for (const kept of ['5 MiB/s and/or 1 / 2', 'https://host/path', './x ../y ~/z', 'a//b', 'debian.iso'])
      expect(hidePaths(kept)).toBe(kept);
  });

  it('are not in the activity that customers read', async () => {
    const { db, alice, bob, operator } = world;
    const [id = ''] = instanceIds;
    await recordAudit(db, {
      action: 'instance.start',
      outcome: 'accepted',
      actor: operator.actor,
      address: '203.0.113.77',
      target: { kind: 'instance', id, name: 'web0' },
      ownerId: alice.actor.userId,
      details: { nodeId: world.nodeId, note: 'on rhino7' },
    });
    const list = (person: Person, query: object = {}) => listAudit(person.ctx, AuditListQuery.parse(query));
    const { items } = await list(alice, { instanceId: id });
    expect(items).toMatchObject([
      { action: 'instance.start', actor: null, address: null, details: { note: 'on a node' } },
    ]);
    expect((await list(operator, { instanceId: id })).items[0]).toMatchObject({
      actor: { id: operator.actor.userId },
      address: '203.0.113.77',
      details: { nodeId: world.nodeId },
    });
    // Neither searching nor filtering finds who it was.
    for (const query of [
      { search: operator.actor.name },
      { search: '203.0.113' },
      { userId: operator.actor.userId },
    ])
      expect((await list(alice, query)).total).toBe(0);
    expect((await list(bob, { instanceId: id })).total).toBe(0);
  });

  it('takes node names out of the log lines that an owner reads live', async () => {
    const line = {
      serial: 1,
      at: new Date().toISOString(),
      level: 'info',
      step: null,
      message: 'Placed on hippo3',
    };
    const read = (viewer: Person['actor']) =>
      viewEventData(world.db, { kind: 'job-log', data: { lines: [line] }, viewer });
    expect(JSON.stringify(await read(world.alice.actor))).not.toContain('hippo3');
    expect(JSON.stringify(await read(world.operator.actor))).toContain('hippo3');
  });

  it('are not told to who was refused, but to operators', async () => {
    const { db, bob, operator } = world;
    const alan = await makePerson(db, { login: 'alan', role: 'customer' });
    const foreign = instanceIds[1] ?? '';
    for (const [id, name] of [[foreign, 'db1'], [randomUUID()]] as const) {
      await expect(getInstance(alan.ctx, { id })).rejects.toMatchObject({ code: 'not_found' });
      const query = AuditListQuery.parse({ instanceId: id });
      expect((await listAudit(alan.ctx, query)).total).toBe(0);
      expect((await listAudit(bob.ctx, query)).total).toBe(0);
      expect((await listAudit(operator.ctx, query)).items[0]).toMatchObject({
        ...{ outcome: 'refused', action: 'instance.view', actor: { id: alan.actor.userId } },
        target: { name: name ?? id },
      });
    }
  });
});
