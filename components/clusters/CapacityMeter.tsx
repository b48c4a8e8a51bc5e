'use client';
// Memory, disk or vCPUs of a cluster: measured, promised, and what there is; what the loss of the largest node would take is hatched.
import { useTranslations } from 'next-intl';
import { CapacityBar } from '@/components/ui/CapacityBar';
import type { Cluster } from '@/contract/schemas/cluster';
import { formatMiB } from '@/contract/units';

export const capacityKinds = ['memory', 'disk', 'vcpus'] as const;
type Props = { cluster: Cluster; what: (typeof capacityKinds)[number]; bare?: boolean };

/** `bare`: for table cells, the figures below the bar. */
export function CapacityMeter({ cluster, what, bare = false }: Props) {
  const t = useTranslations('clusters');
  const { detail, ...bar } = useFigures({ cluster, what });
  if (bar.total === 0) return bare ? <span className="text-faint">{t('noNodes')}</span> : null;
  const label = t(`capacity.${what}`);
  if (!bare) return <CapacityBar label={label} {...bar} detail={detail} />;
  return (
    <div className="grid gap-1 py-1" title={detail}>
      <CapacityBar bare label={label} {...bar} />
      <span className="text-xs text-soft">{bar.figures}</span>
    </div>
  );
}

type Figures = {
  total: number;
  allocated: number;
  used: number;
  /** What the loss of the largest node would take. */
  reserve: number;
  figures: string;
  detail: string;
};

function useFigures({ cluster: { capacity, nodesOnline }, what }: Props): Figures {
  const t = useTranslations('clusters');
  if (what === 'vcpus') {
    const { threads, allocated } = capacity.vcpus;
    const ratio = threads === 0 ? 0 : Math.round((allocated / threads) * 100) / 100;
    return {
      // More vCPUs than threads is no fault: threads are shared.
      ...{ total: threads, allocated: Math.min(allocated, threads), used: 0, reserve: 0 },
      figures: t('capacity.threads', { allocated, threads }),
      detail: allocated === 0 ? t('capacity.promisedNone') : t('capacity.overcommit', { ratio }),
    };
  }
  const { total, allocated, used } = capacity[what];
  const reserve = what === 'memory' && nodesOnline > 1 ? capacity.memory.largestNode : 0;
  const promised =
    allocated === 0
      ? t('capacity.promisedNone')
      : t('capacity.allocated', { allocated: formatMiB(allocated) });
  const loss = reserve > 0 ? ` · ${t('capacity.loss', { lost: formatMiB(reserve) })}` : '';
  return {
    ...{ total, allocated, used, reserve },
    figures: t('of', { part: formatMiB(used), whole: formatMiB(total) }),
    detail: promised + loss,
  };
}

/** All three below each other. */
export function ClusterCapacity({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters.capacity');
  if (cluster.nodesOnline === 0) return <p className="text-faint">{t('none')}</p>;
  return (
    <div className="grid gap-4">
      {capacityKinds.map((what) => (
        <CapacityMeter key={what} cluster={cluster} what={what} />
      ))}
    </div>
  );
}
