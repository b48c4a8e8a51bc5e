import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { lockQuota } from './accounts';
import { chargeOf, noAmounts } from './charge';
import { reserve } from './ledger';
import { rebase } from './rebase';
import { checkLedger } from './check-ledger';
import {
  amountsOf,
  makeCharged,
  makeHolder,
  makeJob,
  makeUser,
  readBalances,
  usualSpec,
} from './testing/quota-world';

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

describe('a change of what a cluster counts', () => {
  it('counts anew for every owner, there and back', async () => {
    const { clusterId, ownerId } = await makeHolder(db, 'all');
    const other = await makeUser(db);
    await makeCharged(db, { clusterId, ownerId, up: true });
    await makeCharged(db, { clusterId, ownerId, up: false });
    await makeCharged(db, { clusterId, ownerId: other, up: false });
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
    const holder = await makeHolder(db, 'all');
    await makeCharged(db, { ...holder, up: false });
    const before = await db.event.count({ where: { kind: 'quota' } });
    await db.$transaction((tx) => rebase(tx, holder.clusterId, 'running'));
    expect(await db.event.count({ where: { kind: 'quota' } })).toBe(before + 1);
  });

  it('changes nothing when the policy stays', async () => {
    const holder = await makeHolder(db, 'all');
    await makeCharged(db, { ...holder, up: false });
    const transfers = await db.quotaTransfer.count();
    await db.$transaction((tx) => rebase(tx, holder.clusterId, 'all'));
    expect(await db.quotaTransfer.count()).toBe(transfers);
  });

  it('is refused while a job works on an instance of the cluster', async () => {
    const holder = await makeHolder(db, 'all');
    const jobId = await makeJob(db, { ...holder, instanceId: randomUUID(), status: 'queued' });
    await expect(db.$transaction((tx) => rebase(tx, holder.clusterId, 'running'))).rejects.toMatchObject({
      code: 'busy',
      details: { jobIds: [jobId] },
    });
  });

  it('waits for a job that is being accepted at the same time, and is then refused', async () => {
    const holder = await makeHolder(db, 'all');
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
      await reserve(tx, { ...holder, instanceId, jobId, amounts: chargeOf(usualSpec, 'all', false) });
    });
    expect(await change).toBe('busy');
    expect((await readBalances(db, holder)).used).toEqual(noAmounts);
  });
});
