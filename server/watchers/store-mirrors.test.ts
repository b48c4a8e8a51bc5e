import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MirrorStatus } from '@/contract/schemas/disk';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { recordUnreachable } from './node-record';
import { storeMirrors } from './store-mirrors';
import { makeMirrored, type Mirrored } from './testing/mirrored';

let database: TestDatabase;
let db: Db;
let one: Mirrored;

beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
  one = await makeMirrored(db);
});
afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

const seen = (diskId: string, more: Partial<MirrorStatus> = {}): MirrorStatus => ({
  ...{ diskId, connection: 'connected', role: 'secondary', diskState: 'upToDate' },
  ...{ peerRole: 'primary', peerDiskState: 'upToDate', sync: 'none', outOfSyncKiB: 0 },
  ...{ syncDone: null, secondsLeft: null, splitBrain: false, generations: [] },
  ...more,
});
const side = (nodeId: string) =>
  db.mirrorSide.findUniqueOrThrow({ where: { diskId_nodeId: { diskId: one.diskId, nodeId } } });
const announced = () => db.event.count({ where: { kind: 'instance', resourceId: one.instanceId } });

it('stores what a node sees of its own side, announces it, and writes nothing when nothing changed', async () => {
  const status = seen(one.diskId);
  await storeMirrors(db, one.primaryId, [status]);
  const first = await side(one.primaryId);
  expect(first.status).toEqual(status);
  expect((await side(one.secondaryId)).status).toBeNull();
  expect(await announced()).toBe(1);
  await storeMirrors(db, one.primaryId, [seen(one.diskId)]);
  expect(await side(one.primaryId)).toEqual(first);
  expect(await announced()).toBe(1);
  await storeMirrors(db, one.primaryId, [seen(one.diskId, { connection: 'connecting' })]);
  expect((await side(one.primaryId)).status).toMatchObject({ connection: 'connecting' });
  expect(await announced()).toBe(2);
});

it('believes no node that speaks of a mirror that it does not have', async () => {
  const { clusterId } = one;
  const other = await db.node.create({ data: { clusterId, name: 'other', address: '10.0.0.9:4400' } });
  await storeMirrors(db, other.id, [seen(one.diskId), seen(randomUUID())]);
  expect((await side(one.primaryId)).status).toBeNull();
  expect(await db.mirrorSide.count()).toBe(2);
  expect(await announced()).toBe(0);
});

it('keeps the last word of a node that fell silent', async () => {
  await storeMirrors(db, one.primaryId, [seen(one.diskId)]);
  await recordUnreachable(db, one.primaryId, 'it does not answer');
  expect((await side(one.primaryId)).status).toEqual(seen(one.diskId));
});
