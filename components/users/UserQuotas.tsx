'use client';
// What a user takes and may take, on each cluster.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { quotasQuery } from '@/client/quotas';
import { QuotaBar } from '@/components/quotas/QuotaBar';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import { type Quota, quotaResources } from '@/contract/schemas/quota';
import { EditQuota } from './EditQuota';

export function UserQuotas({ userId }: { userId: string }) {
  const t = useTranslations('users');
  const { data, error } = useQuery(quotasQuery(userId));
  if (!data) return error ? <ErrorPanel error={asAppError(error)} compact /> : null;
  return (
    <Section title={t('quotas')} help={t('quotasHelp')}>
      {data.items.length === 0 ? (
        <p className="text-faint">{t('noQuotas')}</p>
      ) : (
        <ul className="-my-4 divide-y divide-line">
          {data.items.map((quota) => (
            <ClusterQuota key={quota.cluster.id} quota={quota} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ClusterQuota({ quota }: { quota: Quota }) {
  const t = useTranslations('users.quota');
  return (
    <li className="grid gap-3 py-4">
      <div className="flex flex-wrap items-center gap-x-3">
        <Link
          href={pages.cluster(quota.cluster.id)}
          className="font-mono text-[13px] font-medium hover:text-accent hover:underline"
        >
          {quota.cluster.name}
        </Link>
        <span className="flex-1 text-sm text-faint">{t(`policy.${quota.policy}`)}</span>
        <EditQuota quota={quota} />
      </div>
      <div className="grid items-start gap-x-8 gap-y-4 sm:grid-cols-2">
        {quotaResources.map((resource) => (
          <QuotaBar
            key={resource}
            resource={resource}
            line={quota.resources[resource]}
            note={quota.override[resource] === 'inherit' ? undefined : t('own')}
          />
        ))}
      </div>
    </li>
  );
}
