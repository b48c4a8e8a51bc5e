'use client';
import { useTranslations } from 'next-intl';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import { formatMiB } from '@/contract/units';
import { totalDiskMiB } from './quota-projection';

type Props = { values: InstanceCreateInput; offer: CreateOffer };

/** Whether it fits on a node as things stand: on the chosen one, else on the one with the most room. */
export function RoomFacts({ values, offer }: Props) {
  const t = useTranslations('instances.summary');
  const resources = useTranslations('states.quota');
  const node = offer.nodes?.find(({ id }) => id === values.nodeId);
  const room = {
    memoryMiB: { asked: values.memoryMiB || 0, free: node?.freeMemoryMiB ?? offer.largestMemoryMiB },
    diskMiB: {
      asked: totalDiskMiB(values),
      free: (node?.freeDiskMiB ?? offer.largestDiskMiB)[values.diskTemplate] ?? 0,
    },
  };
  return (
    <div className="grid gap-1 p-4 text-sm">
      <h2 className="text-faint">{node ? t('capacityNode', { node: node.name }) : t('capacity')}</h2>
      <Room label={resources('memoryMiB')} {...room.memoryMiB} />
      <Room label={resources('diskMiB')} {...room.diskMiB} />
    </div>
  );
}

function Room({ label, asked, free }: { label: string; asked: number; free: number }) {
  const t = useTranslations('instances.summary');
  const fits = asked <= free;
  return (
    <p className="flex justify-between gap-3">
      <span className="text-soft">{label}</span>
      <span className={fits ? undefined : 'font-medium text-attention'}>
        {fits
          ? t('wouldUse', { asked: formatMiB(asked), free: formatMiB(free) })
          : t('tooLarge', { free: formatMiB(free) })}
      </span>
    </p>
  );
}
