'use client';
import { useTranslations } from 'next-intl';
import { FilterBar } from '@/components/table/FilterBar';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { AuditListQuery } from '@/contract/schemas/audit';
import { AuditRows } from './AuditRows';

/** Everything that was done or tried, as far as one may see it, newest first, live. */
export function AuditTable() {
  const t = useTranslations('activity');
  const list = useListQuery(AuditListQuery);
  return (
    <>
      <FilterBar list={list} searchLabel={t('filters.search')} />
      <AuditRows
        list={list}
        query={list.query}
        empty={
          <EmptyState title={t(list.isFiltered ? 'emptyFiltered' : 'emptyTitle')}>
            {!list.isFiltered && t('emptyText')}
          </EmptyState>
        }
      />
    </>
  );
}
