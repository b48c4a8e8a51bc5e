'use client';
// Use and limits of one owner on one cluster, a bar for each resource.
import { useTranslations } from 'next-intl';
import { CapacityBar } from '@/components/ui/CapacityBar';
import { type Amounts, type Quota, type QuotaResource, quotaResources } from '@/contract/schemas/quota';
import { formatMiB } from '@/contract/units';

type Props = {
  resources: Quota['resources'];
  /** What would be taken in addition, for a form that shows before and after. */
  asked?: Amounts;
};

export function QuotaBars({ resources, asked }: Props) {
  const t = useTranslations('states.quota');
  return (
    <div className="grid gap-3">
      {quotaResources.map((resource) => {
        const { used, reserved, limit } = resources[resource];
        const taken = used + reserved;
        const figure = formatAmount(resource, taken + (asked?.[resource] ?? 0));
        return (
          <CapacityBar
            key={resource}
            label={t(resource)}
            total={limit}
            used={used}
            allocated={taken}
            asked={asked?.[resource]}
            figures={
              limit === null
                ? t('unlimited', { value: figure })
                : t('of', { value: figure, limit: formatAmount(resource, limit) })
            }
          />
        );
      })}
    </div>
  );
}

export function formatAmount(resource: QuotaResource, amount: number): string {
  return resource === 'memoryMiB' || resource === 'diskMiB' ? formatMiB(amount) : String(amount);
}
