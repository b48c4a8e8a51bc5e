'use client';
import { useTranslations } from 'next-intl';
import type { LimitValue } from '@/components/clusters/limit-value';
import { formatAmount } from '@/components/quotas/format-amount';
import type { QuotaLine, QuotaResource } from '@/contract/schemas/quota';

type Props = { resource: QuotaResource; line: QuotaLine; value: LimitValue | undefined };

/** What is in use beside the limit one types, and what a limit below it means. */
export function QuotaNote({ resource, line: { used, reserved }, value }: Props) {
  const t = useTranslations('users.quota');
  const taken = used + reserved;
  const isBelow = typeof value === 'number' && value < taken;
  return (
    <p className={`text-sm ${isBelow ? 'text-attention' : 'text-faint'}`}>
      {t('inUse', { used: formatAmount(resource, taken) })}
      {isBelow && <span className="block">{t('below')}</span>}
    </p>
  );
}
