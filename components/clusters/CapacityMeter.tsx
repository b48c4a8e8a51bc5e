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
  const { total, allocated, used, lost, figures, detail } = useFigures({ cluster, what });
  if (total === 0) return bare ? <span className="text-faint">{t('noNodes')}</span> : null;
  return (
    <div className={bare ? 'grid gap-1 py-1' : 'grid gap-1'} title={bare ? detail : undefined}>
      {!bare && (
        <div className="flex justify-between gap-3 text-sm">
          <span className="text-soft">{t(`capacity.${what}`)}</span>
          <span>{figures}</span>
        </div>
      )}
      <div className="relative">
        <CapacityBar
          bare
          label={t(`capacity.${what}`)}
          total={total}
          // More vCPUs than threads is no fault: threads are shared.
          allocated={Math.min(allocated, total)}
          used={used}
          figures={figures}
        />
        <span
          className="hatched absolute inset-y-0 right-0 rounded-r-full"
          style={{ width: `${(lost / total) * 100}%` }}
        />
      </div>
      <span className={bare ? 'text-xs text-soft' : 'text-xs text-faint'}>{bare ? figures : detail}</span>
    </div>
  );
}

type Figures = {
  total: number;
  allocated: number;
  used: number;
  lost: number;
  figures: string;
  detail: string;
};

function useFigures({ cluster: { capacity, nodesOnline }, what }: Props): Figures {
  const t = useTranslations('clusters');
  if (what === 'vcpus') {
    const { threads, allocated } = capacity.vcpus;
    const ratio = threads === 0 ? 0 : Math.round((allocated / threads) * 100) / 100;
    return {
      ...{ total: threads, allocated, used: 0, lost: 0 },
      figures: t('capacity.threads', { allocated, threads }),
      detail: t('capacity.overcommit', { ratio }),
    };
  }
  const { total, allocated, used } = capacity[what];
  const lost = what === 'memory' && nodesOnline > 1 ? capacity.memory.largestNode : 0;
  const promised = t('capacity.allocated', { allocated: formatMiB(allocated) });
  const loss = lost > 0 ? ` · ${t('capacity.loss', { lost: formatMiB(lost) })}` : '';
  return {
    ...{ total, allocated, used, lost },
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
