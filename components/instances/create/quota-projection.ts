// What a new instance does to its owner's quota, per resource. The server decides; this says it while one types.
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import { quotaResources, type Amounts, type Quota, type QuotaResource } from '@/contract/schemas/quota';

/** `excess`: how much of what is asked is more than the limit; 0 where it fits. */
export type QuotaProjection = { resource: QuotaResource; asked: number; excess: number };

export function projectQuota(quota: Quota, amounts: Amounts): QuotaProjection[] {
  return quotaResources.map((resource) => {
    const { used, reserved, limit } = quota.resources[resource];
    const asked = amounts[resource];
    const isFree = limit === null || asked === 0;
    return { resource, asked, excess: isFree ? 0 : Math.max(0, used + reserved + asked - limit) };
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
