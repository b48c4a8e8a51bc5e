'use client';
// Of a node that runs Xen: what that offers, what a kind of instance lacks here, and who has the memory.
import { useTranslations } from 'next-intl';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import type { XenFacts } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';

type Props = { xen: XenFacts; freeMiB: number };

export function NodeXen({ xen, freeMiB }: Props) {
  const t = useTranslations('nodes.xen');
  const kinds = useTranslations('states.hypervisor');
  return (
    <Section title={t('title')}>
      <FactList
        facts={[
          { label: t('version'), value: xen.version },
          { label: t('scheduler'), value: xen.scheduler },
          { label: t('capabilities'), value: xen.capabilities.join(', ') },
          { label: t('memory'), value: formatMiB(xen.totalMiB) },
          { label: t('own'), value: formatMiB(xen.ownMiB) },
          { label: t('free'), value: formatMiB(freeMiB) },
          ...xen.missing.map(({ kind, why }) => ({
            label: t('without', { kind: kinds(kind) }),
            value: <span className="text-attention">{why}</span>,
          })),
        ]}
      />
    </Section>
  );
}
