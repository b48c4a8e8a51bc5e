// What a new instance does to its owner's quota: before and after, per resource. The server decides; this says it while one types.
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import { quotaResources, type Amounts, type Quota, type QuotaResource } from '@/contract/schemas/quota';

export type QuotaProjection = {
  resource: QuotaResource;
  /** Used and reserved now. */
  before: number;
  after: number;
  /** null: unlimited. */
  limit: number | null;
  isExceeded: boolean;
};

export function projectQuota(quota: Quota, asked: Amounts): QuotaProjection[] {
  return quotaResources.map((resource) => {
    const { used, reserved, limit } = quota.resources[resource];
    const before = used + reserved;
    const after = before + asked[resource];
    return {
      resource,
      before,
      after,
      limit,
      isExceeded: limit !== null && asked[resource] > 0 && after > limit,
    };
  });
}

/** What the owner is charged: under the policy `running`, vCPUs and memory count only once the instance is started. */
export function costOf(values: InstanceCreateInput, policy: Quota['policy']): Amounts {
  const isCharged = policy === 'all' || values.start !== false;
  return {
    instances: 1,
    vcpus: isCharged ? countOr0(values.vcpus) : 0,
    memoryMiB: isCharged ? countOr0(values.memoryMiB) : 0,
    diskMiB: totalDiskMiB(values),
  };
}

export function totalDiskMiB(values: Pick<InstanceCreateInput, 'disks'>): number {
  return values.disks.reduce((sum, disk) => sum + countOr0(disk?.sizeMiB), 0);
}

/** A field that is being typed may hold nothing yet. */
function countOr0(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
