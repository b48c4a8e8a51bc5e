'use client';
// Both sides of every disk as their nodes last told of them, and what to do where they are not in step. For operators.
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { instanceQuery } from '@/client/instances';
import { LatestJob } from '@/components/instances/detail/LatestJob';
import { EmptyState } from '@/components/ui/EmptyState';
import { DiskMirror } from './DiskMirror';

export function InstanceMirrors({ id }: { id: string }) {
  const t = useTranslations('mirrors');
  const { data: instance } = useSuspenseQuery(instanceQuery(id));
  const disks = instance.disks.filter(({ sides }) => sides.length > 0);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {disks.length === 0 && <EmptyState title={t('noMirrors')} />}
      {disks.map((disk) => (
        <DiskMirror key={disk.id} instance={instance} disk={disk} />
      ))}
      <LatestJob instanceId={id} />
    </div>
  );
}
