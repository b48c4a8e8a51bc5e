'use client';
import { useTranslations } from 'next-intl';
import { CopyText } from '@/components/ui/CopyText';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import type { Instance } from '@/contract/schemas/instance';

export function HardwareSection({ instance }: { instance: Instance }) {
  const t = useTranslations('instances.overview');
  const hypervisors = useTranslations('states.hypervisor');
  const { hypervisor, accelerator } = instance;
  const isKnown = accelerator === 'kvm' || accelerator === 'tcg';
  return (
    <Section title={t('hardware')}>
      <FactList
        facts={[
          { label: t('hypervisor'), value: hypervisors(hypervisor) },
          ...(hypervisor === 'kvm'
            ? [
                {
                  label: t('accelerator'),
                  value: isKnown ? (
                    t(`accelerators.${accelerator}`)
                  ) : (
                    <span className="text-faint">{t('accelerators.none')}</span>
                  ),
                },
              ]
            : []),
          { label: t('id'), value: <CopyText text={instance.id} /> },
        ]}
      />
    </Section>
  );
}
