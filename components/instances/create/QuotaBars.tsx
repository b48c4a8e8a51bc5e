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
  const label = t(`resources.${resource}`);
  if (limit === null) return <UnlimitedLine label={label} figures={`${change}, ${t('unlimited')}`} />;
  const excess = isExceeded ? format(after - limit) : null;
  const detail = excess === null ? undefined : t(isAllowed ? 'exceededAllowed' : 'exceeded', { excess });
  return (
    <CapacityBar
      label={label}
      total={limit}
      used={before}
      asked={after - before}
      figures={`${change} ${t('of', { limit: format(limit) })}`}
      detail={detail}
    />
  );
}

function formatOf(resource: QuotaResource): (amount: number) => string {
  return resource === 'memoryMiB' || resource === 'diskMiB' ? formatMiB : String;
}

/** Where nothing limits there is nothing to fill. */
function UnlimitedLine({ label, figures }: { label: string; figures: string }) {
  return (
    <p className="flex justify-between gap-3 text-sm">
      <span className="text-soft">{label}</span>
      <span>{figures}</span>
    </p>
  );
}
