'use client';
import type { ColumnDef } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RowLink } from '@/components/table/RowLink';
import { StateBadge } from '@/components/ui/StateBadge';
import { pages } from '@/contract/paths';
import type { Cluster } from '@/contract/schemas/cluster';
import { CapacityMeter } from './CapacityMeter';

export const clusterColumns: ColumnDef<Cluster>[] = [
  {
    id: 'name',
    header: () => <ColumnTitle text="clusters.columns.name" />,
    cell: ({ row: { original: cluster } }) => (
      <RowLink href={pages.cluster(cluster.id)} name={cluster.name} />
    ),
    meta: { priority: 1 },
  },
  {
    id: 'nodes',
    header: () => <ColumnTitle text="clusters.columns.nodes" />,
    cell: ({ row: { original: cluster } }) => <NodesOnline cluster={cluster} />,
    meta: { priority: 1, width: '12rem' },
  },
  {
    id: 'instances',
    header: () => <ColumnTitle text="clusters.columns.instances" />,
    cell: ({ row: { original: cluster } }) => <RunningOf cluster={cluster} />,
    meta: { priority: 2, align: 'right', width: '8rem' },
  },
  {
    id: 'memory',
    header: () => <ColumnTitle text="clusters.columns.memory" />,
    cell: ({ row: { original: cluster } }) => <CapacityMeter cluster={cluster} what="memory" bare />,
    meta: { priority: 2, width: '14rem' },
  },
  {
    id: 'disk',
    header: () => <ColumnTitle text="clusters.columns.disk" />,
    cell: ({ row: { original: cluster } }) => <CapacityMeter cluster={cluster} what="disk" bare />,
    meta: { priority: 3, width: '14rem' },
  },
  {
    id: 'vcpus',
    header: () => <ColumnTitle text="clusters.columns.vcpus" />,
    cell: ({ row: { original: cluster } }) => <CapacityMeter cluster={cluster} what="vcpus" bare />,
    meta: { priority: 3, width: '14rem' },
  },
];

/** Green only when every node is there. */
export function NodesOnline({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  const { nodes, nodesOnline } = cluster;
  if (nodes === 0) return <StateBadge tone="stopped" word={t('noNodes')} />;
  const tone = nodesOnline === nodes ? 'running' : 'attention';
  return (
    <StateBadge
      tone={nodesOnline === 0 ? 'broken' : tone}
      word={t('nodesOnline', { online: nodesOnline, total: nodes })}
    />
  );
}

export function RunningOf({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  return t('running', { running: cluster.running, total: cluster.instances });
}
