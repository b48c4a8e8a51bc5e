// A cluster with owners, instances and jobs as the ledger needs them: rows only, nothing runs.
import { randomUUID } from 'node:crypto';
import type { Amounts, Limits } from '@/contract/schemas/quota';
import type { JobStatus } from '@/contract/states';
import type { Db, Queryable } from '../../db/client';
import { chargeOf, noAmounts } from '../charge';
import { reserve, settle } from '../ledger';

/** What `makeInstance` makes when it is not told otherwise. */
export const usualSpec = {
  vcpus: 2,
  memoryMiB: 1024,
  disksMiB: [4096],
  diskTemplate: 'simulated',
} as const;

export const unlimited: Limits = { instances: null, vcpus: null, memoryMiB: null, diskMiB: null };

export function amountsOf(part: Partial<Amounts>): Amounts {
  return { ...noAmounts, ...part };
}

export async function makeCluster(
  db: Db,
  { limits = {}, policy = 'all' }: { limits?: Partial<Limits>; policy?: 'all' | 'running' } = {},
): Promise<string> {
  const { instances, vcpus, memoryMiB, diskMiB } = { ...unlimited, ...limits };
  const row = await db.cluster.create({
    data: {
      name: `c-${randomUUID()}`,
      hypervisors: ['simulated'],
      diskTemplates: ['simulated'],
      quotaPolicy: policy,
      quotaInstances: instances,
      quotaVcpus: vcpus,
      quotaMemoryMiB: memoryMiB,
      quotaDiskMiB: diskMiB,
    },
  });
  return row.id;
}

export async function makeUser(db: Db, role: 'operator' | 'customer' = 'customer'): Promise<string> {
  const row = await db.user.create({ data: { login: randomUUID(), name: 'Ada', role } });
  return row.id;
}

export async function makeJob(
  db: Queryable,
  {
    clusterId,
    instanceId,
    status = 'running',
  }: { clusterId: string; instanceId: string; status?: JobStatus },
): Promise<number> {
  const target = { targetKind: 'instance', targetId: instanceId, targetName: 'web1' };
  const row = await db.job.create({
    data: { operation: 'instance.create', status, params: {}, clusterId, ...target },
  });
  return row.id;
}

export async function endJob(db: Queryable, id: number, success: boolean): Promise<void> {
  await db.job.update({ where: { id }, data: { status: success ? 'success' : 'error' } });
}

export async function makeInstance(
  db: Queryable,
  owner: { clusterId: string; ownerId: string | null; id?: string },
  spec: { vcpus?: number; memoryMiB?: number; diskMiB?: number; up?: boolean } = {},
): Promise<string> {
  const { vcpus = 2, memoryMiB = 1024, diskMiB = 4096, up = false } = spec;
  const row = await db.instance.create({
    data: {
      ...owner,
      name: `i-${randomUUID()}`,
      hypervisor: 'simulated',
      os: { kind: 'none' },
      vcpus,
      memoryMiB,
      diskTemplate: 'simulated',
      lifecycle: 'ready',
      adminState: up ? 'up' : 'down',
      disks: { create: [{ index: 0, sizeMiB: diskMiB }] },
    },
  });
  return row.id;
}

/** An instance that was created and charged as it should be. */
export async function makeCharged(
  db: Db,
  { clusterId, ownerId, up }: { clusterId: string; ownerId: string; up: boolean },
): Promise<{ instanceId: string; jobId: number }> {
  const { quotaPolicy } = await db.cluster.findUniqueOrThrow({ where: { id: clusterId } });
  const instanceId = await makeInstance(db, { clusterId, ownerId }, { up });
  const jobId = await makeJob(db, { clusterId, instanceId });
  const amounts = chargeOf(usualSpec, quotaPolicy === 'all' ? 'all' : 'running', up);
  await db.$transaction(async (tx) => {
    await reserve(tx, { clusterId, ownerId, instanceId, jobId, amounts });
    await endJob(tx, jobId, true);
    await settle(tx, { jobId, success: true });
  });
  return { instanceId, jobId };
}

export async function makeHolder(db: Db, policy: 'all' | 'running' = 'all') {
  return { clusterId: await makeCluster(db, { policy }), ownerId: await makeUser(db) };
}

export async function readBalances(db: Db, holder: { ownerId: string; clusterId: string }) {
  const rows = await db.quotaBalance.findMany({ where: holder });
  const of = (account: 'reserved' | 'used') =>
    amountsOf(Object.fromEntries(rows.map((row) => [row.resource, Number(row[account])])));
  return { reserved: of('reserved'), used: of('used') };
}
