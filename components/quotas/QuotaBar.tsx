'use client';
// What an owner takes of one resource on one cluster. What jobs under way have reserved counts as taken: it is lighter than what is used.
import { useTranslations } from 'next-intl';
import { CapacityBar } from '@/components/ui/CapacityBar';
import type { QuotaLine, QuotaResource } from '@/contract/schemas/quota';
import { formatAmount } from './format-amount';

type Props = {
  resource: QuotaResource;
  line: QuotaLine;
  /** What would be taken in addition, for a form that shows before and after. */
  asked?: number;
  /** More to say below the bar. */
  note?: string;
};

export function QuotaBar({ resource, line: { used, reserved, limit }, asked = 0, note }: Props) {
  const t = useTranslations('states.quota');
  const format = (amount: number) => formatAmount(resource, amount);
  const taken = used + reserved;
  const value =
    asked === 0 ? format(taken) : t('change', { before: format(taken), after: format(taken + asked) });
  const notes = [
    ...(reserved > 0 ? [t('reserved', { amount: format(reserved) })] : []),
    ...(note ? [note] : []),
  ];
  return (
    <CapacityBar
      label={t(resource)}
      total={limit}
      used={used}
      allocated={taken}
      asked={asked}
      figures={limit === null ? t('unlimited', { value }) : t('of', { value, limit: format(limit) })}
      detail={notes.join(' · ') || undefined}
    />
  );
}
