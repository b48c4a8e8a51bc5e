'use client';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { instanceQuery } from '@/client/instances';
import { DangerRow, DangerZone } from '@/components/ui/Section';
import type { Instance } from '@/contract/schemas/instance';
import { DisksSection } from '@/components/instances/disks/DisksSection';
import { RemoveButton } from '@/components/instances/actions/RemoveButton';
import { SeedSection } from '@/components/instances/seed/SeedSection';
import { HardwareSection } from './HardwareSection';
import { LastWords } from './LastWords';
import { LatestJob } from './LatestJob';
import { NicsSection } from './NicsSection';
import { PendingBanner } from './PendingBanner';

export function InstanceOverview({ id }: { id: string }) {
  const { data: instance } = useSuspenseQuery(instanceQuery(id));
  return (
    <div className="grid gap-4">
      <LastWords instance={instance} />
      <PendingBanner instance={instance} />
      <LatestJob instanceId={id} />
      <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-[4fr_3fr_4fr]">
        <HardwareSection instance={instance} />
        <DisksSection instance={instance} />
        <NicsSection instance={instance} />
        <SeedSection instance={instance} />
      </div>
      <Danger instance={instance} />
    </div>
  );
}

function Danger({ instance }: { instance: Instance }) {
  const t = useTranslations('instances');
  return (
    <DangerZone>
      <DangerRow title={t('removeDialog.submit')} action={<RemoveButton instance={instance} />}>
        {t('overview.dangerText')}
      </DangerRow>
    </DangerZone>
  );
}
