import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { pruneOnce } from './prune';

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
});
afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

it('prunes old events only beyond those that pages resume from', async () => {
  const at = new Date(Date.now() - 2 * 3_600_000);
  await db.event.createMany({
    data: Array.from({ length: 10_010 }, () => ({ kind: 'node', resourceId: 'x', at })),
  });
  await pruneOnce(db, 90);
  expect(await db.event.count()).toBe(10_000);
});

type Ended = { endedAt: Date | null; needsAttention?: boolean };

const jobOf = (more: Ended) => ({
  ...{ operation: 'instance.start', params: {}, createdAt: daysAgo(200) },
  ...{ targetKind: 'instance', targetId: randomUUID(), targetName: 'web1' },
  ...more,
});
const makeJob = (more: Ended) =>
  db.job.create({
    data: {
      ...jobOf(more),
      steps: { create: [{ index: 0, name: 'start' }] },
      log: { create: [{ serial: 1, level: 'info', message: 'Started' }] },
    },
  });

it('prunes jobs that ended long ago with their steps and log lines, and no others', async () => {
  const old = await makeJob({ endedAt: daysAgo(91) });
  const young = await makeJob({ endedAt: daysAgo(89) });
  const unfinished = await makeJob({ endedAt: null });
  const troubled = await makeJob({ endedAt: daysAgo(91), needsAttention: true });
  await pruneOnce(db, 90);
  const kept = [young.id, unfinished.id, troubled.id];
  const ids = async (rows: Promise<{ jobId: number }[]>) => (await rows).map(({ jobId }) => jobId).sort();
  expect(kept).not.toContain(old.id);
  expect((await db.job.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)).toEqual(kept);
  expect(await ids(db.jobStep.findMany())).toEqual(kept);
  expect(await ids(db.jobLogLine.findMany())).toEqual(kept);
});

it('prunes any number of jobs', async () => {
  await db.job.createMany({ data: Array.from({ length: 250 }, () => jobOf({ endedAt: daysAgo(100) })) });
  await pruneOnce(db, 90);
  expect(await db.job.count()).toBe(0);
});

it('leaves the audit and the quota ledger as they are when it prunes a job', async () => {
  const { id: jobId } = await makeJob({ endedAt: daysAgo(91) });
  await db.auditEntry.create({ data: { action: 'instance.start', outcome: 'accepted', jobId } });
  const [ownerId, clusterId, instanceId] = [randomUUID(), randomUUID(), randomUUID()];
  await db.quotaTransfer.create({
    data: {
      ...{ ownerId, clusterId, instanceId, jobId },
      ...{ resource: 'vcpus', fromAccount: 'reserved', toAccount: 'used', amount: 1n },
    },
  });
  await pruneOnce(db, 90);
  expect(await db.job.count()).toBe(0);
  expect(await db.auditEntry.findMany()).toMatchObject([{ jobId }]);
  expect(await db.quotaTransfer.findMany()).toMatchObject([{ jobId }]);
});
