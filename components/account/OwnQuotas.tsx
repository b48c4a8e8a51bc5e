'use client';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { quotasQuery } from '@/client/quotas';
import { QuotaBar } from '@/components/quotas/QuotaBar';
import { EmptyState } from '@/components/ui/EmptyState';
import { quotaResources } from '@/contract/schemas/quota';

export function OwnQuotas({ userId }: { userId: string }) {
  const t = useTranslations('account');
  const { items } = useSuspenseQuery(quotasQuery(userId)).data;
  if (items.length === 0) return <EmptyState title={t('noQuotas')}>{t('noQuotasText')}</EmptyState>;
  return (
    <div className="grid gap-5">
      {items.map((quota) => (
        <div key={quota.cluster.id}>
          <h3 className="mb-2 font-mono text-[13px] font-medium">{quota.cluster.name}</h3>
          <div className="grid gap-3">
            {quotaResources.map((resource) => (
              <QuotaBar key={resource} resource={resource} line={quota.resources[resource]} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
