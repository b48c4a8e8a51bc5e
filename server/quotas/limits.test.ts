import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inheritAll, type Limits } from '@/contract/schemas/quota';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import {
  describeExcess,
  effectiveLimits,
  findExcess,
  quotaChangesOf,
  readQuota,
  readQuotasOf,
  setOverride,
} from './limits';
import { amountsOf, makeCluster, makeUser, unlimited } from './testing/quota-world';

const defaults: Limits = { instances: 3, vcpus: 8, memoryMiB: 4096, diskMiB: 0 };
const balance = { reserved: 0, used: 0 };
const empty = { instances: balance, vcpus: balance, memoryMiB: balance, diskMiB: balance };

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
});

afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

describe('effective limits', () => {
  it('take each field on its own: inherited, unlimited, a number, and 0 for none', () => {
    const override = { instances: 'inherit', vcpus: 'unlimited', memoryMiB: 8192, diskMiB: 0 } as const;
    expect(effectiveLimits({ role: 'customer', defaults, override })).toEqual({
      instances: 3,
      vcpus: null,
      memoryMiB: 8192,
      diskMiB: 0,
    });
  });

  it('are none for an operator who inherits, and what was set where something was', () => {
    expect(effectiveLimits({ role: 'operator', defaults, override: inheritAll })).toEqual(unlimited);
    const override = { ...inheritAll, vcpus: 2 };
    expect(effectiveLimits({ role: 'operator', defaults, override }).vcpus).toBe(2);
  });
});

describe('an excess', () => {
  it('is what goes beyond the limit; equality passes', () => {
    const limits = { ...unlimited, vcpus: 4 };
    expect(findExcess(limits, empty, amountsOf({ vcpus: 4, memoryMiB: 1e9 }))).toEqual([]);
    expect(findExcess(limits, empty, amountsOf({ vcpus: 5 }))).toEqual([
      { resource: 'vcpus', limit: 4, used: 0, asked: 5, fits: 4 },
    ]);
  });

  it('is not found where nothing is asked, also when more is used than allowed', () => {
    const balances = { ...empty, vcpus: { reserved: 1, used: 9 } };
    const limits = { ...unlimited, vcpus: 4 };
    expect(findExcess(limits, balances, amountsOf({ instances: 1 }))).toEqual([]);
    expect(findExcess(limits, balances, amountsOf({ vcpus: 1 }))).toMatchObject([{ used: 10, fits: 0 }]);
  });

  it('means that 0 allows nothing', () => {
    expect(findExcess({ ...unlimited, diskMiB: 0 }, empty, amountsOf({ diskMiB: 1 }))).toHaveLength(1);
  });

  it('says limit, use, what was asked and what would fit', () => {
    const excess = [{ resource: 'memoryMiB', limit: 2048, used: 1536, asked: 1024, fits: 512 }] as const;
    expect(describeExcess([...excess])).toBe(
      'memory: the limit is 2 GiB, used 1.5 GiB, asked 1 GiB, would fit 512 MiB',
    );
  });
});

describe('a quota as it is read', () => {
  it('has the defaults, the override and no use before anything was charged', async () => {
    const clusterId = await makeCluster(db, { limits: defaults });
    const ownerId = await makeUser(db);
    const override = { ...inheritAll, diskMiB: 'unlimited' as const };
    await db.$transaction((tx) => setOverride(tx, { ownerId, clusterId, override }));
    const quota = await readQuota(db, ownerId, clusterId);
    expect(quota).toMatchObject({
      owner: { id: ownerId },
      cluster: { id: clusterId },
      policy: 'all',
      override,
    });
    expect(quota.resources.vcpus).toEqual({ used: 0, reserved: 0, limit: 8 });
    expect(quota.resources.diskMiB.limit).toBeNull();
  });

  it('is one for each cluster', async () => {
    await makeCluster(db);
    const quotas = await readQuotasOf(db, await makeUser(db));
    expect(quotas).toHaveLength(await db.cluster.count());
  });

  it('does not exist for what does not exist', async () => {
    const clusterId = await makeCluster(db);
    await expect(readQuota(db, randomUUID(), clusterId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(readQuota(db, await makeUser(db), randomUUID())).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is announced when its override changes, and for everyone concerned when the cluster does', async () => {
    const clusterId = await makeCluster(db);
    const ownerId = await makeUser(db);
    await db.$transaction((tx) => setOverride(tx, { ownerId, clusterId, override: inheritAll }));
    const event = await db.event.findFirst({ where: { kind: 'quota' }, orderBy: { seq: 'desc' } });
    expect(event).toMatchObject({ resourceId: `${ownerId}:${clusterId}`, ownerId });
    const changes = await db.$transaction((tx) => quotaChangesOf(tx, clusterId));
    expect(changes).toEqual([{ kind: 'quota', id: `${ownerId}:${clusterId}`, ownerId }]);
  });
});
