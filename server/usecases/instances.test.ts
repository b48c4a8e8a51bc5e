// Accepting work on instances: all or nothing, for the right people, and never more than the quota.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '@/contract/errors';
import { InstanceCreate } from '@/contract/schemas/instance';
import { createConsoleTicket } from './console-tickets';
import { getCreateOptions } from './create-options';
import { createInstance } from './instance-create';
import { rebootInstance, removeInstance, startInstance, stopInstance } from './instance-power';
import { getInstance } from './instances';
import { listQuotas, updateQuota } from './quotas';
import {
  factsOf,
  finishJobs,
  makeCluster,
  makeInstance,
  makeJob,
  makeNode,
  openWorld,
  wishFor,
  type Person,
  type World,
} from './testing/console-world';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());
beforeEach(() => finishJobs(world.db));

const refusal = (attempt: Promise<unknown>): Promise<AppError> =>
  attempt.then(
    () => Promise.reject(new Error('It was accepted')),
    (error: AppError) => error,
  );
const create = (person: Person, wish: Partial<InstanceCreate> = {}) =>
  createInstance(person.ctx, wishFor(wish.clusterId ?? world.clusterId, wish));

async function quotaOf(person: Person, clusterId: string) {
  const { items } = await listQuotas(person.ctx, { id: person.actor.userId });
  return items.find((quota) => quota.cluster.id === clusterId)?.resources;
}

/** Everything that accepting a job writes. */
async function countRows() {
  const { db } = world;
  const counts = [
    db.instance.count(),
    db.disk.count(),
    db.nic.count(),
    db.job.count(),
    db.quotaTransfer.count(),
  ];
  return Promise.all(counts);
}

describe('creating', () => {
  it('writes instance, job, reservation and audit together, and answers both ids', async () => {
    const wish = {
      name: 'first',
      nics: [{ mode: 'user' as const }, { mode: 'bridged' as const, link: 'br0' }],
    };
    const { jobId, instanceId = '' } = await create(world.alice, wish);
    const instance = await getInstance(world.alice.ctx, { id: instanceId });
    expect(instance).toMatchObject({
      name: 'first',
      status: 'creating',
      node: null,
      owner: { id: world.alice.actor.userId },
      job: { id: jobId, operation: 'instance.create', status: 'queued' },
      disks: [{ index: 0, sizeMiB: 1024 }],
      nics: [
        { mode: 'user', link: null },
        { mode: 'bridged', link: 'br0' },
      ],
    });
    for (const nic of instance.nics) expect(nic.mac).toMatch(/^aa:00:00(:[0-9a-f]{2}){3}$/);
    expect(await quotaOf(world.alice, world.clusterId)).toMatchObject({
      instances: { reserved: 1, used: 0 },
      memoryMiB: { reserved: 512 },
      diskMiB: { reserved: 1024 },
    });
    const audit = await world.db.auditEntry.findFirst({ where: { jobId } });
    expect(audit).toMatchObject({ action: 'instance.create', outcome: 'accepted', targetName: 'first' });
  });

  it('refuses a name that is taken, kindly, also when two ask at the same moment', async () => {
    const results = await Promise.allSettled([
      create(world.alice, { name: 'twice' }),
      create(world.bob, { name: 'twice' }),
      create(world.alice, { name: 'twice' }),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'already_exists',
          details: { issues: [{ path: ['name'] }] },
        });
  });

  it('accepts exactly one of many who ask for the last place', async () => {
    const clusterId = await makeCluster(world.db, { quotaInstances: 2 });
    await makeNode(world.db, { clusterId, name: `n-${randomUUID()}` });
    await create(world.alice, { clusterId });
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => create(world.alice, { clusterId })),
    );
    const accepted = results.filter((result) => result.status === 'fulfilled');
    expect(accepted).toHaveLength(1);
    const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toMatchObject({
      code: 'no_resources',
      details: { excess: [{ resource: 'instances', limit: 2, used: 2, asked: 1, fits: 0 }] },
    });
    expect(await world.db.instance.count({ where: { clusterId } })).toBe(2);
    expect(await quotaOf(world.alice, clusterId)).toMatchObject({ instances: { reserved: 2 } });
  });

  it('leaves nothing behind when it is refused', async () => {
    const clusterId = await makeCluster(world.db, { quotaMemoryMiB: 100 });
    await makeNode(world.db, { clusterId, name: `n-${randomUUID()}` });
    const before = await countRows();
    expect((await refusal(create(world.alice, { clusterId }))).code).toBe('no_resources');
    expect(await countRows()).toEqual(before);
  });

  it('for somebody else, on a chosen node or beyond the quota is for operators', async () => {
    const { alice, bob, operator, nodeId, db } = world;
    const ownerId = bob.actor.userId;
    const before = await countRows();
    for (const wish of [
      { ownerId },
      { ownerId: randomUUID() },
      { nodeId },
      { nodeId: randomUUID() },
      { exceedQuota: true },
    ])
      expect((await refusal(create(alice, wish))).code).toBe('forbidden');
    expect(await countRows()).toEqual(before);
    const clusterId = await makeCluster(db, { quotaInstances: 0 });
    const chosen = await makeNode(db, { clusterId, name: `n-${randomUUID()}` });
    expect((await refusal(create(operator, { clusterId, ownerId }))).code).toBe('no_resources');
    const { jobId, instanceId = '' } = await create(operator, {
      clusterId,
      ownerId,
      nodeId: chosen,
      exceedQuota: true,
    });
    expect((await getInstance(bob.ctx, { id: instanceId })).owner?.id).toBe(ownerId);
    const audit = await db.auditEntry.findFirst({ where: { jobId } });
    expect(audit).toMatchObject({ ownerId, details: { exceedQuota: true, nodeId: chosen } });
  });

  it('refuses what no online node offers, beside the field', async () => {
    const issue = async (wish: Partial<InstanceCreate>, person = world.alice) => {
      const { code, details } = await refusal(create(person, wish));
      return [code, details];
    };
    const at = (...path: (string | number)[]) => ['invalid', { issues: [expect.objectContaining({ path })] }];
    expect(await issue({ os: { kind: 'iso', iso: 'other.iso' } })).toEqual(at('os', 'iso'));
    expect(await issue({ nics: [{ mode: 'user' }, { mode: 'bridged', link: 'br9' }] })).toEqual(
      at('nics', 1, 'link'),
    );
    expect(await issue({ hypervisor: 'kvm' })).toEqual(at('hypervisor'));
    expect(await issue({ diskTemplate: 'file' })).toEqual(at('diskTemplate'));
    const foreignNode = await makeNode(world.db, {
      clusterId: await makeCluster(world.db),
      name: 'elsewhere',
    });
    expect(await issue({ nodeId: foreignNode }, world.operator)).toEqual(at('nodeId'));
    expect(await issue({ ownerId: randomUUID() }, world.operator)).toEqual(at('ownerId'));
  });

  it('refuses customers the networks that the cluster does not offer them, saying what it does', async () => {
    const clusterId = await makeCluster(world.db, { bridges: ['br7'], userNetwork: false });
    await makeNode(world.db, { clusterId, name: `n-${randomUUID()}` });
    const issueOf = async (nic: InstanceCreate['nics'][number]) =>
      (await refusal(create(world.alice, { clusterId, nics: [nic] }))).details['issues'];
    const { name } = await world.db.cluster.findUniqueOrThrow({ where: { id: clusterId } });
    expect(await issueOf({ mode: 'user' })).toEqual([
      {
        path: ['nics', 0, 'mode'],
        message: `Cluster ${name} does not offer the user network. It offers bridge br7.`,
      },
    ]);
    for (const link of ['br0', 'br9'])
      expect(await issueOf({ mode: 'bridged', link })).toEqual([
        {
          path: ['nics', 0, 'link'],
          message: `Cluster ${name} does not offer bridge ${link}. It offers bridge br7.`,
        },
      ]);
    expect(await issueOf({ mode: 'bridged', link: 'br7' })).toMatchObject([
      { message: 'No node that is online has the bridge br7.' },
    ]);
    await create(world.alice, { clusterId, nics: [] });
  });

  it('lets operators use every network of the nodes', async () => {
    const clusterId = await makeCluster(world.db, { bridges: [], userNetwork: false });
    await makeNode(world.db, { clusterId, name: `n-${randomUUID()}` });
    const nics = [{ mode: 'user' as const }, { mode: 'bridged' as const, link: 'br0' }];
    await create(world.operator, { clusterId, nics });
    await create(world.operator, { clusterId, nics, ownerId: world.alice.actor.userId });
  });

  it('refuses an unknown cluster, one without nodes and a disabled owner', async () => {
    expect((await refusal(create(world.alice, { clusterId: randomUUID() }))).code).toBe('not_found');
    const empty = await makeCluster(world.db);
    expect((await refusal(create(world.alice, { clusterId: empty }))).code).toBe('no_resources');
    await makeNode(world.db, { clusterId: empty, name: `n-${randomUUID()}`, state: 'unreachable' });
    expect((await refusal(create(world.alice, { clusterId: empty }))).code).toBe('no_resources');
    const row = await world.db.user.create({
      data: { login: 'gone', name: 'G', role: 'customer', disabled: true },
    });
    expect((await refusal(create(world.operator, { ownerId: row.id }))).code).toBe('invalid');
  });

  it.each([
    [
      'name',
      [
        '',
        '-x',
        '--help',
        'a,b',
        'a=b',
        'a b',
        'a\nb',
        '$(id)',
        'a\0',
        'wеb',
        'UPPER',
        '../x',
        'x'.repeat(4096),
        '10.0.0.1',
        7,
        null,
      ],
    ],
    ['vcpus', [0, -1, 1.5, Number.NaN, Infinity, 257, 1e99, '2', null]],
    ['memoryMiB', [0, -512, 31, 0.5, Number.MAX_SAFE_INTEGER, Number.NaN, '512']],
    [
      'disks',
      [[{ sizeMiB: 0 }], [{ sizeMiB: -1 }], [{ sizeMiB: 2 ** 40 }], [], Array(17).fill({ sizeMiB: 1 }), 'x'],
    ],
    [
      'nics',
      [
        [{ mode: 'bridged', link: 'br0,id=x' }],
        [{ mode: 'bridged' }],
        [{ mode: 'x' }],
        Array(9).fill({ mode: 'user' }),
      ],
    ],
    [
      'os',
      [{ kind: 'iso', iso: '../../etc/passwd' }, { kind: 'iso', iso: 'a.iso,x=y' }, { kind: 'x' }, null],
    ],
    ['clusterId', ['x', '', null, 1]],
  ])('parses no wrong %s', (field, values) => {
    for (const value of values)
      expect(InstanceCreate.safeParse({ ...wishFor(world.clusterId), [field]: value }).success).toBe(false);
  });
});

describe('starting, stopping, rebooting and removing', () => {
  const own = (columns: { status?: string; adminState?: string; name?: string } = {}) =>
    makeInstance(world.db, { clusterId: world.clusterId, ownerId: world.alice.actor.userId, ...columns });

  it('is accepted where the state allows it', async () => {
    const [down, up] = [await own(), await own({ status: 'running', adminState: 'up', name: 'up1' })];
    const { jobId } = await startInstance(world.alice.ctx, { id: down });
    expect(await world.db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      operation: 'instance.start',
      params: { instanceId: down },
      ownerId: world.alice.actor.userId,
    });
    await rebootInstance(world.alice.ctx, { id: up, hard: true, timeoutS: 5 });
    await finishJobs(world.db);
    await stopInstance(world.alice.ctx, { id: up, force: false, timeoutS: 30 });
    await finishJobs(world.db);
    await removeInstance(world.alice.ctx, { id: up, confirmName: 'up1' });
  });

  it('takes away what a creation left behind, but not beside the job that creates', async () => {
    const { db, alice } = world;
    const id = await own({ status: 'creating', name: 'half' });
    const jobId = await makeJob(db, { targetId: id, ownerId: alice.actor.userId });
    const remove = () => removeInstance(alice.ctx, { id, confirmName: 'half' });
    expect(await refusal(remove())).toMatchObject({ code: 'busy', details: { jobId } });
    await db.job.update({ where: { id: jobId }, data: { status: 'error' } });
    expect(await remove()).toMatchObject({ instanceId: id });
  });

  it('is done to the instance itself, however its id was written', async () => {
    const id = await own({ status: 'running', adminState: 'up', name: 'loud' });
    const asked = { id: id.toUpperCase() };
    const stopped = await stopInstance(world.alice.ctx, { ...asked, force: false, timeoutS: 30 });
    await finishJobs(world.db);
    const removed = await removeInstance(world.alice.ctx, { ...asked, confirmName: 'loud' });
    for (const { jobId, instanceId } of [stopped, removed]) {
      expect(instanceId).toBe(id);
      const job = await world.db.job.findUniqueOrThrow({ where: { id: jobId } });
      expect(job).toMatchObject({ targetId: id, params: { instanceId: id } });
    }
  });

  it('is refused with the reason where it does not', async () => {
    const stop = { force: false, timeoutS: 30 };
    const reason = async (attempt: Promise<unknown>) => {
      const { code, details } = await refusal(attempt);
      return [code, details.reason];
    };
    const { ctx } = world.alice;
    expect(await reason(startInstance(ctx, { id: await own({ status: 'running' }) }))).toEqual([
      'wrong_state',
      'alreadyRunning',
    ]);
    expect(await reason(stopInstance(ctx, { id: await own(), ...stop }))).toEqual([
      'wrong_state',
      'notRunning',
    ]);
    expect(await reason(startInstance(ctx, { id: await own({ status: 'nodeDown' }) }))).toEqual([
      'wrong_state',
      'nodeNotAnswering',
    ]);
    expect(
      await reason(rebootInstance(ctx, { id: await own({ status: 'creating' }), hard: true, timeoutS: 1 })),
    ).toEqual(['wrong_state', 'beingCreated']);
  });

  it('is refused while a job works on it, also when several ask at the same moment', async () => {
    const id = await own();
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => startInstance(world.alice.ctx, { id })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const job = await world.db.job.findFirstOrThrow({ where: { targetId: id } });
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({
          code: 'busy',
          details: { jobId: job.id, operation: 'instance.start' },
        });
  });

  it('removes only what was named', async () => {
    const id = await own({ name: 'precious' });
    for (const confirmName of ['', 'Precious', 'precious '])
      expect(await refusal(removeInstance(world.alice.ctx, { id, confirmName }))).toMatchObject({
        code: 'invalid',
        details: { issues: [{ path: ['confirmName'] }] },
      });
  });

  it('reserves what a start adds, where only running instances count', async () => {
    const clusterId = await makeCluster(world.db, { policy: 'running', quotaVcpus: 1 });
    const columns = { clusterId, ownerId: world.bob.actor.userId };
    const [one, two] = [await makeInstance(world.db, columns), await makeInstance(world.db, columns)];
    await startInstance(world.bob.ctx, { id: one });
    expect(await quotaOf(world.bob, clusterId)).toMatchObject({
      vcpus: { reserved: 1 },
      diskMiB: { reserved: 0 },
    });
    expect((await refusal(startInstance(world.bob.ctx, { id: two }))).code).toBe('no_resources');
    // Its guest switched it off; it has been charged since it was started.
    const off = await makeInstance(world.db, { ...columns, status: 'userDown', adminState: 'up' });
    await startInstance(world.bob.ctx, { id: off });
  });

  it('needs no owner', async () => {
    const id = await makeInstance(world.db, { clusterId: world.clusterId, ownerId: null });
    await startInstance(world.operator.ctx, { id });
  });
});

describe('a console ticket', () => {
  const ask = (person: Person, id: string) => createConsoleTicket(person.ctx, { id, kind: 'screen' });

  it('is made for a running instance of the own, audited without the ticket', async () => {
    const ownerId = world.alice.actor.userId;
    const id = await makeInstance(world.db, { clusterId: world.clusterId, ownerId, status: 'running' });
    const { ticket } = await ask(world.alice, id);
    const audit = await world.db.auditEntry.findMany({ where: { targetId: id, action: 'instance.console' } });
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).not.toContain(ticket);
    expect((await refusal(ask(world.bob, id))).code).toBe('not_found');
  });

  it('is refused for what does not run, also while a job works on it', async () => {
    const ownerId = world.alice.actor.userId;
    const id = await makeInstance(world.db, { clusterId: world.clusterId, ownerId, status: 'stopped' });
    expect(await refusal(ask(world.alice, id))).toMatchObject({
      code: 'wrong_state',
      details: { reason: 'notRunning' },
    });
    const busy = await makeInstance(world.db, { clusterId: world.clusterId, ownerId, status: 'running' });
    await makeJob(world.db, { targetId: busy, ownerId });
    await ask(world.alice, busy);
  });
});

describe('what can be created', () => {
  it('shows customers no nodes and no other owners', async () => {
    const options = await getCreateOptions(world.alice.ctx, {});
    expect(options.owners).toEqual([{ id: world.alice.actor.userId, name: world.alice.actor.name }]);
    const offer = options.clusters.find((row) => row.cluster.id === world.clusterId);
    expect(offer).toMatchObject({ nodes: null, bridges: ['br0'], isos: ['debian.iso'], mostVcpus: 16 });
    expect(JSON.stringify(options)).not.toContain('rhino7');
    expect((await refusal(getCreateOptions(world.alice.ctx, { ownerId: world.bob.actor.userId }))).code).toBe(
      'forbidden',
    );
  });

  it('offers customers the networks of the cluster that a node has, and operators all', async () => {
    const clusterId = await makeCluster(world.db, { bridges: ['br7'], userNetwork: false });
    const id = await makeNode(world.db, { clusterId, name: `n-${randomUUID()}` });
    const offerTo = async (person: Person) =>
      (await getCreateOptions(person.ctx, {})).clusters.find((row) => row.cluster.id === clusterId);
    expect(await offerTo(world.alice)).toMatchObject({ bridges: [], userNetwork: false });
    expect(await offerTo(world.operator)).toMatchObject({ bridges: ['br0'], userNetwork: true });
    await world.db.node.update({
      where: { id },
      data: { facts: { ...factsOf('n'), bridges: ['br0', 'br7'] } },
    });
    expect(await offerTo(world.alice)).toMatchObject({ bridges: ['br7'] });
    expect(await offerTo(world.operator)).toMatchObject({ bridges: ['br0', 'br7'] });
  });

  it("shows operators nodes, owners and the asked owner's quota", async () => {
    const ownerId = world.bob.actor.userId;
    const options = await getCreateOptions(world.operator.ctx, { ownerId });
    const offer = options.clusters.find((row) => row.cluster.id === world.clusterId);
    expect(offer?.nodes).toMatchObject([{ name: 'rhino7', state: 'online' }]);
    expect(offer?.quota.owner.id).toBe(ownerId);
    expect(options.owners.map((owner) => owner.id)).toContain(ownerId);
  });
});

describe('a quota', () => {
  it('is changed by operators, field by field, and audited with before and after', async () => {
    const { operator, alice, clusterId, db } = world;
    const override = { instances: 7, vcpus: 'unlimited', memoryMiB: 'inherit', diskMiB: 0 } as const;
    const id = alice.actor.userId;
    expect((await refusal(updateQuota(alice.ctx, { id, clusterId, override }))).code).toBe('forbidden');
    const quota = await updateQuota(operator.ctx, { id, clusterId, override });
    expect(quota.override).toEqual(override);
    expect(quota.resources).toMatchObject({
      instances: { limit: 7 },
      vcpus: { limit: null },
      diskMiB: { limit: 0 },
    });
    expect((await refusal(create(alice))).code).toBe('no_resources');
    const audit = await db.auditEntry.findFirstOrThrow({
      where: { action: 'quota.update', outcome: 'done' },
    });
    expect(audit.details).toMatchObject({ before: { instances: 'inherit' }, after: override });
    expect((await refusal(updateQuota(operator.ctx, { id: randomUUID(), clusterId, override }))).code).toBe(
      'not_found',
    );
    expect((await refusal(updateQuota(operator.ctx, { id, clusterId: randomUUID(), override }))).code).toBe(
      'not_found',
    );
  });
});
