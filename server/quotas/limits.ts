// What an owner may use on a cluster: the cluster's defaults, each field overridden on its own. 0 means none, null unlimited.
import { AppError } from '@/contract/errors';
import type { Role } from '@/contract/permissions';
import {
  type Amounts,
  inheritAll,
  type Limits,
  type Quota,
  type QuotaExcess,
  type QuotaOverride,
  QuotaPolicy,
  type QuotaResource,
  quotaResources,
} from '@/contract/schemas/quota';
import { formatMiB } from '@/contract/units';
import type { Queryable, Tx } from '../db/client';
import { type Announcement, publish } from '../events/publish';
import { type Balances, type Holder, quotaChanged, toBalances } from './accounts';

/** An operator who inherits is unlimited: the defaults are made for customers. */
export function effectiveLimits(source: { role: string; defaults: Limits; override: QuotaOverride }): Limits {
  const operator: Role = 'operator';
  const limitOf = (resource: QuotaResource) => {
    const own = source.override[resource];
    if (own === 'unlimited') return null;
    if (own === 'inherit') return source.role === operator ? null : source.defaults[resource];
    return own;
  };
  return {
    instances: limitOf('instances'),
    vcpus: limitOf('vcpus'),
    memoryMiB: limitOf('memoryMiB'),
    diskMiB: limitOf('diskMiB'),
  };
}

/** The resources of which more is asked than is left; equality passes, and what is not asked is not judged. */
export function findExcess(limits: Limits, balances: Balances, asked: Amounts): QuotaExcess[] {
  return quotaResources.flatMap((resource) => {
    const limit = limits[resource];
    const used = balances[resource].used + balances[resource].reserved;
    if (limit === null || asked[resource] === 0 || used + asked[resource] <= limit) return [];
    return [{ resource, limit, used, asked: asked[resource], fits: Math.max(0, limit - used) }];
  });
}

/** "memory: the limit is 2 GiB, 1.5 GiB are used, 1 GiB was asked, 512 MiB would fit", one for each. */
export function describeExcess(excess: QuotaExcess[]): string {
  return excess
    .map(({ resource, limit, used, asked, fits }) => {
      const { noun, say } = words[resource];
      return `${noun}: the limit is ${say(limit)}, used ${say(used)}, asked ${say(asked)}, would fit ${say(fits)}`;
    })
    .join('; ');
}

const words: Record<QuotaResource, { noun: string; say: (amount: number) => string }> = {
  instances: { noun: 'instances', say: String },
  vcpus: { noun: 'vCPUs', say: String },
  memoryMiB: { noun: 'memory', say: formatMiB },
  diskMiB: { noun: 'disk', say: formatMiB },
};

/** Limits and use of one owner on one cluster. Throws `not_found` when either does not exist. */
export async function readQuota(db: Queryable, ownerId: string, clusterId: string): Promise<Quota> {
  const [quota] = await readQuotas(db, ownerId, clusterId);
  if (!quota) throw new AppError('not_found', 'This cluster does not exist');
  return quota;
}

/** One for each cluster, sorted by the cluster's name. */
export function readQuotasOf(db: Queryable, ownerId: string): Promise<Quota[]> {
  return readQuotas(db, ownerId);
}

export async function setOverride(
  tx: Tx,
  { ownerId, clusterId, override }: Holder & { override: QuotaOverride },
): Promise<void> {
  const fields = {
    instances: String(override.instances),
    vcpus: String(override.vcpus),
    memoryMiB: String(override.memoryMiB),
    diskMiB: String(override.diskMiB),
  };
  await tx.quotaOverride.upsert({
    where: { userId_clusterId: { userId: ownerId, clusterId } },
    create: { userId: ownerId, clusterId, ...fields },
    update: fields,
  });
  await publish(tx, quotaChanged({ ownerId, clusterId }));
}

/** For whom a change of the cluster's defaults or policy changes something; publish them last. */
export async function quotaChangesOf(tx: Tx, clusterId: string): Promise<Announcement[]> {
  const balances = await tx.quotaBalance.findMany({
    where: { clusterId, resource: quotaResources[0] },
    select: { ownerId: true },
  });
  const overrides = await tx.quotaOverride.findMany({ where: { clusterId }, select: { userId: true } });
  const owners = new Set([...balances.map((row) => row.ownerId), ...overrides.map((row) => row.userId)]);
  return [...owners].map((ownerId) => quotaChanged({ ownerId, clusterId }));
}

async function readQuotas(db: Queryable, ownerId: string, clusterId?: string): Promise<Quota[]> {
  const owner = await db.user.findUnique({
    where: { id: ownerId },
    select: { id: true, name: true, role: true, quotas: { where: { clusterId } } },
  });
  if (!owner) throw new AppError('not_found', 'This user does not exist');
  const clusters = await db.cluster.findMany({ where: { id: clusterId }, orderBy: { name: 'asc' } });
  const balances = await db.quotaBalance.findMany({ where: { ownerId, clusterId } });
  return clusters.map((cluster) => {
    const override = parseOverride(owner.quotas.find((row) => row.clusterId === cluster.id));
    const limits = effectiveLimits({ role: owner.role, defaults: defaultsOf(cluster), override });
    const own = balances.filter((row) => row.clusterId === cluster.id);
    return {
      owner: { id: owner.id, name: owner.name },
      cluster: { id: cluster.id, name: cluster.name },
      policy: QuotaPolicy.parse(cluster.quotaPolicy),
      override,
      resources: toLines(limits, toBalances(own)),
    };
  });
}

type DefaultColumns = Record<
  'quotaInstances' | 'quotaVcpus' | 'quotaMemoryMiB' | 'quotaDiskMiB',
  number | null
>;

function defaultsOf(cluster: DefaultColumns): Limits {
  return {
    instances: cluster.quotaInstances,
    vcpus: cluster.quotaVcpus,
    memoryMiB: cluster.quotaMemoryMiB,
    diskMiB: cluster.quotaDiskMiB,
  };
}

function parseOverride(row: Record<QuotaResource, string> | undefined): QuotaOverride {
  if (!row) return inheritAll;
  const parse = (text: string) => (text === 'inherit' || text === 'unlimited' ? text : Number(text));
  return {
    instances: parse(row.instances),
    vcpus: parse(row.vcpus),
    memoryMiB: parse(row.memoryMiB),
    diskMiB: parse(row.diskMiB),
  };
}

function toLines(limits: Limits, balances: Balances): Quota['resources'] {
  const line = (resource: QuotaResource) => ({ ...balances[resource], limit: limits[resource] });
  return {
    instances: line('instances'),
    vcpus: line('vcpus'),
    memoryMiB: line('memoryMiB'),
    diskMiB: line('diskMiB'),
  };
}
