import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { lockQuota } from './accounts';
import { chargeOf, noAmounts } from './charge';
import { checkLedger } from './check-ledger';
import { reserve, settle } from './ledger';
import { rebase } from './rebase';
import {
  amountsOf,
  endJob,
  makeCluster,
  makeInstance,
  makeJob,
  makeUser,
  readBalances,
} from './testing/quota-world';

const spec = { vcpus: 2, memoryMiB: 1024, disksMiB: [4096], diskTemplate: 'simulated' } as const;

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 6);
});

afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

/** An instance that was created and charged as it should be. */
async function makeCharged({ clusterId, ownerId, up }: { clusterId: string; ownerId: string; up: boolean }) {
  const { quotaPolicy } = await db.cluster.findUniqueOrThrow({ where: { id: clusterId } });
  const instanceId = await makeInstance(db, { clusterId, ownerId }, { up });
  const jobId = await makeJob(db, { clusterId, instanceId });
  const amounts = chargeOf(spec, quotaPolicy === 'all' ? 'all' : 'running', up);
  await db.$transaction(async (tx) => {
    await reserve(tx, { clusterId, ownerId, instanceId, jobId, amounts });
    await endJob(tx, jobId, true);
    await settle(tx, { jobId, success: true });
  });
  return { instanceId, jobId };
}

async function makeHolder(policy: 'all' | 'running' = 'all') {
  return { clusterId: await makeCluster(db, { policy }), ownerId: await makeUser(db) };
}

describe('the check of the ledger', () => {
  it('finds nothing where instances and jobs are as the ledger says', async () => {
    const holder = await makeHolder('running');
    await makeCharged({ ...holder, up: true });
    await makeCharged({ ...holder, up: false });
    await makeInstance(db, { ...holder, ownerId: null });
    const instanceId = randomUUID();
    const jobId = await makeJob(db, { ...holder, instanceId });
    await db.$transaction((tx) =>
      reserve(tx, { ...holder, instanceId, jobId, amounts: amountsOf({ vcpus: 1 }) }),
    );
    expect(await checkLedger(db)).toEqual([]);
  });

  it('finds a balance that differs from its transfers', async () => {
    const holder = await makeHolder();
    await makeCharged({ ...holder, up: true });
    await db.quotaBalance.updateMany({ where: { ...holder, resource: 'vcpus' }, data: { used: 7 } });
    expect(await checkLedger(db)).toMatchObject([
      { kind: 'balance', ...holder, resource: 'vcpus', account: 'used', expected: 2, found: 7 },
    ]);
  });

  it('finds a reservation whose job has ended', async () => {
    const holder = await makeHolder();
    const instanceId = randomUUID();
    const jobId = await makeJob(db, { ...holder, instanceId });
    await db.$transaction((tx) =>
      reserve(tx, { ...holder, instanceId, jobId, amounts: amountsOf({ vcpus: 1 }) }),
    );
    await endJob(db, jobId, false);
    expect(await checkLedger(db)).toMatchObject([
      { kind: 'reservation', jobId, instanceId, resource: 'vcpus', expected: 0, found: 1 },
    ]);
  });

  it('finds an instance that was never charged, and one that is gone and still is', async () => {
    const holder = await makeHolder();
    const uncharged = await makeInstance(db, holder);
    const { instanceId: gone } = await makeCharged({ ...holder, up: true });
    await db.instance.delete({ where: { id: gone } });
    const found = await checkLedger(db);
    expect(found.filter((row) => row.instanceId === uncharged)).toHaveLength(4);
    expect(found.filter((row) => row.instanceId === gone)).toHaveLength(4);
    expect(found).toHaveLength(8);
  });

  it('waits with its judgement while a job works on the instance', async () => {
    const holder = await makeHolder();
    const instanceId = await makeInstance(db, holder);
    await makeJob(db, { ...holder, instanceId, status: 'waiting' });
    expect(await checkLedger(db)).toEqual([]);
  });

  it('is allowed to be the only one that changes a row: the ledger cannot be rewritten', async () => {
    await makeCharged({ ...(await makeHolder()), up: true });
    await expect(db.quotaTransfer.updateMany({ data: { amount: 1 } })).rejects.toThrow('never changed');
    await expect(db.quotaTransfer.deleteMany()).rejects.toThrow('never changed');
  });
});

describe('a change of what a cluster counts', () => {
  it('counts anew for every owner, there and back', async () => {
    const { clusterId, ownerId } = await makeHolder('all');
    const other = await makeUser(db);
    await makeCharged({ clusterId, ownerId, up: true });
    await makeCharged({ clusterId, ownerId, up: false });
    await makeCharged({ clusterId, ownerId: other, up: false });
    const all = amountsOf({ instances: 2, vcpus: 4, memoryMiB: 2048, diskMiB: 8192 });
    expect((await readBalances(db, { clusterId, ownerId })).used).toEqual(all);

    await db.$transaction((tx) => rebase(tx, clusterId, 'running'));
    expect((await readBalances(db, { clusterId, ownerId })).used).toEqual({
      ...all,
      vcpus: 2,
      memoryMiB: 1024,
    });
    expect((await readBalances(db, { clusterId, ownerId: other })).used).toMatchObject({
      vcpus: 0,
      memoryMiB: 0,
    });
    expect(await checkLedger(db)).toEqual([]);

    await db.$transaction((tx) => rebase(tx, clusterId, 'all'));
    expect((await readBalances(db, { clusterId, ownerId })).used).toEqual(all);
    expect(await checkLedger(db)).toEqual([]);
  });

  it('announces every owner whose figures changed', async () => {
    const holder = await makeHolder('all');
    await makeCharged({ ...holder, up: false });
    const before = await db.event.count({ where: { kind: 'quota' } });
    await db.$transaction((tx) => rebase(tx, holder.clusterId, 'running'));
    expect(await db.event.count({ where: { kind: 'quota' } })).toBe(before + 1);
  });

  it('changes nothing when the policy stays', async () => {
    const holder = await makeHolder('all');
    await makeCharged({ ...holder, up: false });
    const transfers = await db.quotaTransfer.count();
    await db.$transaction((tx) => rebase(tx, holder.clusterId, 'all'));
    expect(await db.quotaTransfer.count()).toBe(transfers);
  });

  it('is refused while a job works on an instance of the cluster', async () => {
    const holder = await makeHolder('all');
    const jobId = await makeJob(db, { ...holder, instanceId: randomUUID(), status: 'queued' });
    await expect(db.$transaction((tx) => rebase(tx, holder.clusterId, 'running'))).rejects.toMatchObject({
      code: 'busy',
      details: { jobIds: [jobId] },
    });
  });

  it('waits for a job that is being accepted at the same time, and is then refused', async () => {
    const holder = await makeHolder('all');
    const instanceId = randomUUID();
    let change: Promise<unknown> = Promise.resolve();
    await db.$transaction(async (tx) => {
      expect(await lockQuota(tx, holder)).toBe('all');
      change = db
        .$transaction((other) => rebase(other, holder.clusterId, 'running'))
        .then(
          () => 'changed',
          (error: { code?: string }) => error.code,
        );
      const jobId = await makeJob(tx, { ...holder, instanceId });
      await reserve(tx, { ...holder, instanceId, jobId, amounts: chargeOf(spec, 'all', false) });
    });
    expect(await change).toBe('busy');
    expect((await readBalances(db, holder)).used).toEqual(noAmounts);
  });
});
