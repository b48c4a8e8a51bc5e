'use client';
import { useTranslations } from 'next-intl';
import { SizeText } from '@/components/instances/SizeText';
import { CopyText } from '@/components/ui/CopyText';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import type { Instance } from '@/contract/schemas/instance';

export function DisksSection({ instance: { disks, diskTemplate } }: { instance: Instance }) {
  const t = useTranslations('instances.overview');
  const templates = useTranslations('states.diskTemplate');
  return (
    <Section title={t('disks')}>
      {disks.length === 0 && <p className="text-faint">{t('noDisks')}</p>}
      <FactList
        facts={disks.map(({ index, sizeMiB }) => ({
          label: t('disk', { index }),
          value: (
            <>
              <SizeText sizeMiB={sizeMiB} />
              <span className="ml-2 text-soft">{templates(diskTemplate)}</span>
            </>
          ),
        }))}
      />
    </Section>
  );
}

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
