import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Amounts, quotaResources } from '@/contract/schemas/quota';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db, type Tx } from '../db/client';
import { submitJob } from '../jobs/submit';
import { lockQuota } from './accounts';
import { chargeOf, noAmounts } from './charge';
import { giveBack, reserve, settle, takeBack } from './ledger';
import { checkLedger } from './check-ledger';
import {
  amountsOf,
  endJob,
  makeCluster,
  makeInstance,
  makeJob,
  makeUser,
  readBalances,
} from './testing/quota-world';

const crowd = 50;

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, crowd);
});

afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function makeEntry(options: Parameters<typeof makeCluster>[1] = {}) {
  const clusterId = await makeCluster(db, options);
  const ownerId = await makeUser(db);
  const instanceId = randomUUID();
  const jobId = await makeJob(db, { clusterId, instanceId });
  return { clusterId, ownerId, instanceId, jobId };
}

/** As a use case does it: lock, submit, reserve; each in its own transaction, so also on its own connection. */
function accept(holder: { ownerId: string; clusterId: string }, amounts: Amounts): Promise<number> {
  return db.$transaction(async (tx) => {
    await lockQuota(tx, holder);
    const instanceId = randomUUID();
    const jobId = await submitJob(tx, {
      operation: 'instance.create',
      params: {},
      target: { kind: 'instance', id: instanceId, name: 'web1' },
      ...holder,
      createdById: null,
    });
    await reserve(tx, { ...holder, instanceId, jobId, amounts });
    return jobId;
  });
}

describe('reserving', () => {
  it('holds what was asked until the job ends', async () => {
    const entry = await makeEntry({ limits: { vcpus: 2 } });
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ instances: 1, vcpus: 2 }) }));
    expect(await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).toEqual({
      reserved: amountsOf({ instances: 1, vcpus: 2 }),
      used: noAmounts,
    });
    const event = await db.event.findFirst({ where: { kind: 'quota' }, orderBy: { seq: 'desc' } });
    expect(event).toMatchObject({
      resourceId: `${entry.ownerId}:${entry.clusterId}`,
      ownerId: entry.ownerId,
    });
  });

  it('refuses what exceeds a limit, names every number, and changes nothing', async () => {
    const entry = await makeEntry({ limits: { vcpus: 2, memoryMiB: 512 } });
    const refused = db.$transaction((tx) =>
      reserve(tx, { ...entry, amounts: amountsOf({ instances: 1, vcpus: 3, memoryMiB: 1024 }) }),
    );
    await expect(refused).rejects.toMatchObject({
      code: 'no_resources',
      message: expect.stringContaining(
        'vCPUs: the limit is 2, used 0, asked 3, would fit 2; memory: the limit is 512 MiB',
      ),
      details: {
        excess: [
          { resource: 'vcpus', limit: 2, used: 0, asked: 3, fits: 2 },
          { resource: 'memoryMiB', limit: 512, used: 0, asked: 1024, fits: 512 },
        ],
      },
    });
    expect(await db.quotaTransfer.count({ where: { jobId: entry.jobId } })).toBe(0);
  });

  it('lets an operator exceed on purpose', async () => {
    const entry = await makeEntry({ limits: { vcpus: 0 } });
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 9 }), exceed: true }));
    expect(
      (await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).reserved.vcpus,
    ).toBe(9);
  });

  it('does not charge an instance without an owner', async () => {
    const entry = { ...(await makeEntry({ limits: { vcpus: 0 } })), ownerId: null };
    await db.$transaction(async (tx) => {
      await lockQuota(tx, entry);
      await reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 9 }) });
      await giveBack(tx, { ...entry, amounts: 'everything' });
    });
    expect(await db.quotaTransfer.count({ where: { jobId: entry.jobId } })).toBe(0);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 60])('refuses %s as an amount', async (vcpus) => {
    const entry = await makeEntry();
    const asked = db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ vcpus }) }));
    await expect(asked).rejects.toMatchObject({ code: 'invalid' });
  });

  it('leaves nothing behind when the transaction does not commit', async () => {
    const entry = await makeEntry();
    const crashed = db.$transaction(async (tx) => {
      await reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 1 }) });
      throw new Error('crash');
    });
    await expect(crashed).rejects.toThrow('crash');
    expect(await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).toEqual({
      reserved: noAmounts,
      used: noAmounts,
    });
  });

  const races = quotaResources.flatMap((resource) => [
    { resource, before: 0, who: 'a new owner' },
    { resource, before: 1, who: 'an owner' },
  ]);
  it.each(races)(
    'accepts exactly one of fifty for the last $resource of $who',
    async ({ resource, before }) => {
      const holder = {
        clusterId: await makeCluster(db, { limits: { [resource]: 2 + before } }),
        ownerId: await makeUser(db),
      };
      // Without submitting jobs, whose events would put the crowd in a row before the ledger does.
      const want = async (amount: number) => {
        const instanceId = randomUUID();
        const jobId = await makeJob(db, { ...holder, instanceId });
        const amounts = amountsOf({ [resource]: amount });
        await db.$transaction((tx) => reserve(tx, { ...holder, instanceId, jobId, amounts }));
      };
      await want(before);
      const results = await Promise.allSettled(Array.from({ length: crowd }, () => want(2)));
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(new Set(refusals.map((refusal) => refusal.code))).toEqual(new Set(['no_resources']));
      expect((await readBalances(db, holder)).reserved[resource]).toBe(2 + before);
      expect(await checkLedger(db)).toEqual([]);
    },
  );
});

describe('settling', () => {
  it.each([
    { success: true, used: 2 },
    { success: false, used: 0 },
  ])(
    'moves the reservation once however often and at the same time it is called ($success)',
    async ({ success, used }) => {
      const entry = await makeEntry();
      const holder = { ownerId: entry.ownerId, clusterId: entry.clusterId };
      await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 2 }) }));
      const once = () => db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success }));
      await Promise.all(Array.from({ length: 20 }, once));
      await db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success: !success }));
      expect(await readBalances(db, holder)).toEqual({
        reserved: noAmounts,
        used: amountsOf({ vcpus: used }),
      });
    },
  );

  it('keeps one outcome when success and failure are reported at once', async () => {
    const entry = await makeEntry();
    const holder = { ownerId: entry.ownerId, clusterId: entry.clusterId };
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 2 }) }));
    const outcomes = Array.from({ length: 20 }, (_, index) => index % 2 === 0);
    await Promise.all(
      outcomes.map((success) => db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success }))),
    );
    const { reserved, used } = await readBalances(db, holder);
    expect(reserved).toEqual(noAmounts);
    expect([0, 2]).toContain(used.vcpus);
    expect(await db.quotaTransfer.count({ where: { jobId: entry.jobId } })).toBe(2);
  });

  it('can be repeated when the transaction that settled did not commit', async () => {
    const entry = await makeEntry();
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ vcpus: 2 }) }));
    const crashed = db.$transaction(async (tx) => {
      await settle(tx, { jobId: entry.jobId, success: true });
      throw new Error('crash');
    });
    await expect(crashed).rejects.toThrow('crash');
    await db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success: true }));
    expect((await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).used.vcpus).toBe(
      2,
    );
  });

  it('does nothing for a job that reserved nothing', async () => {
    const events = await db.event.count();
    await db.$transaction((tx) => settle(tx, { jobId: 2_000_000_000, success: true }));
    expect(await db.event.count()).toBe(events);
  });
});

describe('giving back', () => {
  async function makeUsed(amounts: Amounts) {
    const entry = await makeEntry();
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts }));
    await db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success: true }));
    return { ...entry, jobId: await makeJob(db, entry) };
  }

  it('frees once per job, also when called at the same time', async () => {
    const entry = await makeUsed(amountsOf({ vcpus: 4 }));
    const amounts = amountsOf({ vcpus: 1 });
    await Promise.all(
      Array.from({ length: 20 }, () => db.$transaction((tx) => giveBack(tx, { ...entry, amounts }))),
    );
    expect((await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).used.vcpus).toBe(
      3,
    );
  });

  it('frees everything that the instance holds', async () => {
    const entry = await makeUsed(amountsOf({ instances: 1, vcpus: 4, diskMiB: 7 }));
    await db.$transaction((tx) => giveBack(tx, { ...entry, amounts: 'everything' }));
    expect((await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).used).toEqual(
      noAmounts,
    );
  });

  it('never frees more than this very instance holds', async () => {
    const entry = await makeUsed(amountsOf({ vcpus: 4 }));
    const other = { ...entry, instanceId: randomUUID() };
    await db.$transaction((tx) => giveBack(tx, { ...other, amounts: amountsOf({ vcpus: 4 }) }));
    await db.$transaction((tx) => giveBack(tx, { ...entry, amounts: amountsOf({ vcpus: 9 }) }));
    expect((await readBalances(db, { ownerId: entry.ownerId, clusterId: entry.clusterId })).used.vcpus).toBe(
      0,
    );
  });
});

describe('taking back what was given back', () => {
  it('uses it again once, also where the quota is full meanwhile, and nothing where nothing was freed', async () => {
    const entry = await makeEntry({ limits: { diskMiB: 8 } });
    const { ownerId, clusterId } = entry;
    await db.$transaction((tx) => reserve(tx, { ...entry, amounts: amountsOf({ diskMiB: 8 }) }));
    await db.$transaction((tx) => settle(tx, { jobId: entry.jobId, success: true }));
    const moving = { ...entry, jobId: await makeJob(db, entry) };
    const usedMiB = async () => (await readBalances(db, { ownerId, clusterId })).used.diskMiB;
    await db.$transaction((tx) => takeBack(tx, moving));
    expect(await usedMiB()).toBe(8);
    await db.$transaction((tx) => giveBack(tx, { ...moving, amounts: amountsOf({ diskMiB: 6 }) }));
    expect(await usedMiB()).toBe(2);
    const other = { ...entry, instanceId: randomUUID(), jobId: await makeJob(db, entry) };
    await db.$transaction((tx) => reserve(tx, { ...other, amounts: amountsOf({ diskMiB: 6 }) }));
    for (const _ of [1, 2]) await db.$transaction((tx) => takeBack(tx, moving));
    expect(await usedMiB()).toBe(8);
    await db.$transaction((tx) => takeBack(tx, { ...moving, ownerId: null }));
  });
});

describe('many owners and jobs at once', () => {
  it('never wait for each other in a circle', async () => {
    const clusterId = await makeCluster(db);
    const owners = await Promise.all(Array.from({ length: 5 }, () => makeUser(db)));
    const live = async (ownerId: string, success: boolean) => {
      const jobId = await accept({ ownerId, clusterId }, amountsOf({ instances: 1, vcpus: 1 }));
      await db.$transaction(async (tx) => {
        await endJob(tx, jobId, success);
        await settle(tx, { jobId, success });
      });
    };
    const lives = Array.from({ length: 100 }, (_, n) => live(owners[n % owners.length] ?? '', n % 2 === 0));
    await Promise.all(lives);
    for (const ownerId of owners)
      expect(await readBalances(db, { ownerId, clusterId })).toEqual({
        reserved: noAmounts,
        used: amountsOf({ instances: 10, vcpus: 10 }),
      });
  });
});

describe('any sequence of lives', () => {
  const command = fc.oneof(
    fc.record({
      kind: fc.constant('create' as const),
      up: fc.boolean(),
      ends: fc.constantFrom('success', 'error', 'open'),
    }),
    fc.record({
      kind: fc.constantFrom('start' as const, 'stop' as const, 'remove' as const),
      which: fc.nat(9),
      ends: fc.constantFrom('success', 'error'),
    }),
  );
  type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
  const spec = { vcpus: 2, memoryMiB: 1024, disksMiB: [4096], diskTemplate: 'simulated' } as const;

  it('keeps the ledger consistent, within the limits and never negative', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 25 }),
        fc.constantFrom('all', 'running'),
        async (commands, policy) => {
          const holder = {
            clusterId: await makeCluster(db, { policy, limits: { instances: 4, vcpus: 5 } }),
            ownerId: await makeUser(db),
          };
          for (const step of commands) await run(holder, policy, step);
          const { reserved, used } = await readBalances(db, holder);
          for (const resource of quotaResources)
            expect(Math.min(reserved[resource], used[resource])).toBeGreaterThanOrEqual(0);
          expect(reserved.vcpus + used.vcpus).toBeLessThanOrEqual(5);
          expect(reserved.instances + used.instances).toBeLessThanOrEqual(4);
          expect((await checkLedger(db)).filter((found) => found.clusterId === holder.clusterId)).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  async function run(
    holder: { ownerId: string; clusterId: string },
    policy: 'all' | 'running',
    step: Command,
  ) {
    const success = step.ends === 'success';
    const instances = await db.instance.findMany({ where: holder, orderBy: { id: 'asc' } });
    const id = step.kind === 'create' ? randomUUID() : instances[step.which % (instances.length || 1)]?.id;
    const old = instances.find((instance) => instance.id === id);
    if (!id || (step.kind !== 'create' && !old)) return;
    const work = async (tx: Tx) => {
      const jobId = await makeJob(tx, { clusterId: holder.clusterId, instanceId: id });
      const entry = { ...holder, instanceId: id, jobId };
      const power = { ...chargeOf(spec, policy, true), instances: 0, diskMiB: 0 };
      const powerAmounts = policy === 'all' ? noAmounts : power;
      if (step.kind === 'create') await reserve(tx, { ...entry, amounts: chargeOf(spec, policy, step.up) });
      if (step.kind === 'start' && old?.adminState === 'down')
        await reserve(tx, { ...entry, amounts: powerAmounts });
      if (step.ends === 'open') return;
      if (success && step.kind === 'create') await makeInstance(tx, { ...holder, id }, { up: step.up });
      if (success && (step.kind === 'start' || step.kind === 'stop'))
        await tx.instance.update({
          where: { id },
          data: { adminState: step.kind === 'start' ? 'up' : 'down' },
        });
      if (success && step.kind === 'stop') await giveBack(tx, { ...entry, amounts: powerAmounts });
      if (success && step.kind === 'remove') {
        await tx.instance.delete({ where: { id } });
        await giveBack(tx, { ...entry, amounts: 'everything' });
      }
      await endJob(tx, jobId, success);
      await settle(tx, { jobId, success });
      await settle(tx, { jobId, success: !success });
    };
    await db.$transaction(work).catch((error: unknown) => {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'no_resources') throw error;
    });
  }
});
