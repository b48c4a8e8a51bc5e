'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { clustersQuery } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { DataTable } from '@/components/table/DataTable';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import type { Cluster } from '@/contract/schemas/cluster';
import { type Page, PageQuery } from '@/contract/schemas/common';
import { clusterColumns } from './cluster-columns';
import { CreateCluster } from './CreateCluster';

export function ClustersTable() {
  const t = useTranslations('clusters');
  const list = useListQuery(PageQuery);
  const { data, error } = useQuery(clustersQuery());
  return (
    <>
      <PageHeader title={t('title')} actions={<CreateCluster />} />
      <DataTable
        label={t('title')}
        columns={clusterColumns}
        page={data && onOnePage(data.items)}
        error={error && asAppError(error)}
        list={list}
        rowId={(cluster) => cluster.id}
        rowHref={(cluster) => pages.cluster(cluster.id)}
        empty={<EmptyState title={t('emptyTitle')}>{t('emptyText')}</EmptyState>}
      />
    </>
  );
}

/** Clusters are few: all come at once. */
function onOnePage(items: Cluster[]): Page<Cluster> {
  return { items, total: items.length, page: 1, pageSize: Math.max(1, items.length) };
}
