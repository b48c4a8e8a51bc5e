'use client';
import { useTranslations } from 'next-intl';
import { CopyText } from '@/components/ui/CopyText';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import type { Instance } from '@/contract/schemas/instance';

export function NicsSection({ instance: { nics } }: { instance: Instance }) {
  const t = useTranslations('instances');
  return (
    <Section title={t('overview.nics')}>
      {nics.length === 0 && <p className="text-faint">{t('overview.noNics')}</p>}
      <FactList
        facts={nics.map(({ index, mode, link, mac }) => ({
          label: t('overview.nic', { index }),
          value: (
            <span className="flex flex-wrap gap-x-3">
              <CopyText text={mac} />
              <span className="text-soft">
                {mode === 'user' ? t('nic.user') : t('nic.bridged', { link: link ?? '' })}
              </span>
            </span>
          ),
        }))}
      />
    </Section>
  );
}
