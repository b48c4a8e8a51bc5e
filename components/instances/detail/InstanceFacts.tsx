'use client';
import { useTranslations } from 'next-intl';
import { NicNames } from '@/components/instances/list/NicNames';
import { OsName } from '@/components/instances/OsName';
import { SizeText } from '@/components/instances/SizeText';
import { FactStrip } from '@/components/ui/KeyValue';
import { RelativeTime } from '@/components/ui/RelativeTime';
import type { Instance } from '@/contract/schemas/instance';

/** The facts that matter, in one strip. */
export function InstanceFacts({ instance }: { instance: Instance }) {
  const t = useTranslations('instances.facts');
  const diskMiB = instance.disks.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0);
  return (
    <FactStrip
      facts={[
        { label: t('vcpus'), value: instance.vcpus },
        { label: t('memory'), value: <SizeText sizeMiB={instance.memoryMiB} /> },
        { label: t('disk'), value: <SizeText sizeMiB={diskMiB} /> },
        { label: t('network'), value: <NicNames nics={instance.nics} /> },
        { label: t('os'), value: <OsName os={instance.os} /> },
        { label: t('since'), value: instance.operSince ? <RelativeTime at={instance.operSince} /> : '–' },
        { label: t('created'), value: <RelativeTime at={instance.createdAt} /> },
      ]}
    />
  );
}
