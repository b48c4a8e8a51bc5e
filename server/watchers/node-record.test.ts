import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NodeFacts } from '@/contract/schemas/node';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { recordReport, recordSeen, recordUnreachable } from './node-record';

const facts: NodeFacts = {
  ...{ agentVersion: '1', bootId: 'b', hostName: 'node1', kernel: '6', osName: 'Debian' },
  clock: '2026-01-01T00:00:00Z',
  cpu: { model: 'c', threads: 2, flags: [] },
  memory: { totalMiB: 16_384, freeMiB: 8_000 },
  pools: [{ kind: 'folder', name: '/data', totalMiB: 1_024, freeMiB: 512 }],
  accelerator: { setting: 'auto', used: 'tcg', reason: '' },
  replicationAddress: null,
  ...{ hypervisors: [], diskTemplates: [], bridges: [], oses: [], isos: [] },
};

let database: TestDatabase;
let db: Db;
let id: string;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
  const cluster = { name: 'c', hypervisors: ['simulated'], diskTemplates: ['simulated'] };
  const clusterId = (await db.cluster.create({ data: cluster })).id;
  id = randomUUID();
  await db.node.create({ data: { id, clusterId, name: 'node1', address: '10.0.0.1:4400', state: 'online' } });
});
afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

const nodeNow = () => db.node.findUniqueOrThrow({ where: { id } });

it.each([
  ['a report', 'online', () => recordReport(db, id, { facts, clockSkewMs: 0 })],
  ['a sign of life', 'unreachable', () => recordSeen(db, id)],
  ['a silence', 'online', () => recordUnreachable(db, id, 'node1 does not answer')],
])('does not write %s over a removal that began meanwhile', async (_what, state, record) => {
  await db.node.update({ where: { id }, data: { state } });
  let recording: Promise<void> | undefined;
  await db.$transaction(async (tx) => {
    await tx.node.update({ where: { id }, data: { state: 'removing' } });
    recording = record();
    await untilSomeoneWaits();
  });
  await recording;
  expect(await nodeNow()).toMatchObject({ state: 'removing', problem: null, facts: null });
  expect(await db.event.count()).toBe(0);
});

it('brings a node back that was unreachable', async () => {
  await recordUnreachable(db, id, 'node1 does not answer');
  expect(await nodeNow()).toMatchObject({ state: 'unreachable', problem: 'node1 does not answer' });
  await recordSeen(db, id);
  expect(await nodeNow()).toMatchObject({ state: 'online', problem: null });
});

it('tells of instances that are mirrored to a node when it falls silent and when it is back', async () => {
  const { clusterId } = await nodeNow();
  const own = { clusterId, hypervisor: 'simulated', os: { kind: 'none' }, vcpus: 1, memoryMiB: 64 };
  const base = { ...own, diskTemplate: 'drbd', status: 'stopped', lifecycle: 'ready' };
  const instance = await db.instance.create({ data: { ...base, name: 'web1', secondaryId: id } });
  const events = () => db.event.count({ where: { kind: 'instance', resourceId: instance.id } });
  await recordUnreachable(db, id, 'node1 does not answer');
  expect(await events()).toBe(1);
  await recordSeen(db, id);
  expect(await events()).toBe(2);
});

/** For a lock that another transaction holds. */
async function untilSomeoneWaits(): Promise<void> {
  for (;;) {
    const [row] = await db.$queryRaw<{ waiting: boolean }[]>`
      SELECT count(*) > 0 AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (row?.waiting) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
