'use client';
import { useTranslations } from 'next-intl';
import { CapacityBar } from '@/components/ui/CapacityBar';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import type { Quota, QuotaResource } from '@/contract/schemas/quota';
import { formatMiB } from '@/contract/units';
import { costOf, projectQuota, type QuotaProjection } from './quota-projection';

/** The owner's quota before and after, per resource; another owner's or another job's use moves the bars as it happens. */
export function QuotaBars({ values, quota }: { values: InstanceCreateInput; quota: Quota }) {
  return projectQuota(quota, costOf(values, quota.policy)).map((line) => (
    <QuotaBar key={line.resource} line={line} isAllowed={values.exceedQuota === true} />
  ));
}

function QuotaBar({ line, isAllowed }: { line: QuotaProjection; isAllowed: boolean }) {
  const t = useTranslations('instances.summary');
  const { resource, before, after, limit, isExceeded } = line;
  const format = formatOf(resource);
  const change =
    after === before ? format(before) : t('change', { before: format(before), after: format(after) });
  const bound = limit === null ? t('unlimited') : t('of', { limit: format(limit) });
  const excess = isExceeded && limit !== null ? format(after - limit) : null;
  const detail = excess === null ? undefined : t(isAllowed ? 'exceededAllowed' : 'exceeded', { excess });
  return (
    <CapacityBar
      label={t(`resources.${resource}`)}
      total={limit}
      used={before}
      asked={after - before}
      figures={`${change} ${bound}`}
      detail={detail}
    />
  );
}

function formatOf(resource: QuotaResource): (amount: number) => string {
  return resource === 'memoryMiB' || resource === 'diskMiB' ? formatMiB : String;
}
