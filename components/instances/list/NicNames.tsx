'use client';
import { useTranslations } from 'next-intl';
import type { Instance } from '@/contract/schemas/instance';

/** Where the NICs are plugged in, and their addresses on hover. */
export function NicNames({ nics }: { nics: Instance['nics'] }) {
  const t = useTranslations('instances');
  if (nics.length === 0) return <span className="text-faint">–</span>;
  const names = nics.map(({ mode, link }) =>
    mode === 'user' ? t('nic.user') : t('nic.bridged', { link: link ?? '' }),
  );
  return (
    <span title={nics.map(({ mac }) => mac).join('\n')} className="whitespace-nowrap text-soft">
      {[...new Set(names)].join(', ')}
    </span>
  );
}
