import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../../db/client';
import { reserve } from '../ledger';
import { checkLedger } from '../check-ledger';
import { amountsOf, endJob, makeCharged, makeHolder, makeInstance, makeJob } from './quota-world';

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

describe('the check of the ledger', () => {
  it('finds nothing where instances and jobs are as the ledger says', async () => {
    const holder = await makeHolder(db, 'running');
    await makeCharged(db, { ...holder, up: true });
    await makeCharged(db, { ...holder, up: false });
    await makeInstance(db, { ...holder, ownerId: null });
    const instanceId = randomUUID();
    const jobId = await makeJob(db, { ...holder, instanceId });
    await db.$transaction((tx) =>
      reserve(tx, { ...holder, instanceId, jobId, amounts: amountsOf({ vcpus: 1 }) }),
    );
    expect(await checkLedger(db)).toEqual([]);
  });

  it('finds a balance that differs from its transfers', async () => {
    const holder = await makeHolder(db);
    await makeCharged(db, { ...holder, up: true });
    await db.quotaBalance.updateMany({ where: { ...holder, resource: 'vcpus' }, data: { used: 7 } });
    expect(await checkLedger(db)).toMatchObject([
      { kind: 'balance', ...holder, resource: 'vcpus', account: 'used', expected: 2, found: 7 },
    ]);
  });

  it('finds a reservation whose job has ended', async () => {
    const holder = await makeHolder(db);
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
    const holder = await makeHolder(db);
    const uncharged = await makeInstance(db, holder);
    const { instanceId: gone } = await makeCharged(db, { ...holder, up: true });
    await db.instance.delete({ where: { id: gone } });
    const found = await checkLedger(db);
    expect(found.filter((row) => row.instanceId === uncharged)).toHaveLength(4);
    expect(found.filter((row) => row.instanceId === gone)).toHaveLength(4);
    expect(found).toHaveLength(8);
  });

  it('waits with its judgement while a job works on the instance', async () => {
    const holder = await makeHolder(db);
    const instanceId = await makeInstance(db, holder);
    await makeJob(db, { ...holder, instanceId, status: 'waiting' });
    expect(await checkLedger(db)).toEqual([]);
  });

  it('is allowed to be the only one that changes a row: the ledger cannot be rewritten', async () => {
    await makeCharged(db, { ...(await makeHolder(db)), up: true });
    await expect(db.quotaTransfer.updateMany({ data: { amount: 1 } })).rejects.toThrow('never changed');
    await expect(db.quotaTransfer.deleteMany()).rejects.toThrow('never changed');
  });
});
