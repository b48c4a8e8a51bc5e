import { DiskTemplate } from '@/contract/schemas/disk';
import { type Amounts, QuotaPolicy } from '@/contract/schemas/quota';
import type { Tx } from '../db/client';
import { chargeOf, noAmounts } from './charge';

export type Charge = { ownerId: string; clusterId: string; instanceId: string; amounts: Amounts };

/** What every owned instance costs, by the policy of its cluster or by `policy`. One whose creation did not end well costs nothing. */
export async function readCharges(
  tx: Tx,
  { clusterId, policy }: { clusterId?: string; policy?: QuotaPolicy } = {},
): Promise<Charge[]> {
  const instances = await tx.instance.findMany({
    where: { clusterId, ownerId: { not: null } },
    include: { disks: { select: { sizeMiB: true } }, cluster: { select: { quotaPolicy: true } } },
  });
  return instances.flatMap((instance) => {
    if (instance.ownerId === null) return [];
    const spec = {
      vcpus: instance.vcpus,
      memoryMiB: instance.memoryMiB,
      disksMiB: instance.disks.map((disk) => disk.sizeMiB),
      diskTemplate: DiskTemplate.parse(instance.diskTemplate),
    };
    const rule = policy ?? QuotaPolicy.parse(instance.cluster.quotaPolicy);
    const amounts =
      instance.lifecycle === 'creating' ? noAmounts : chargeOf(spec, rule, instance.adminState === 'up');
    return [{ ownerId: instance.ownerId, clusterId: instance.clusterId, instanceId: instance.id, amounts }];
  });
}
