'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RowSelectionState } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { instancesQuery } from '@/client/instances';
import { useViewer } from '@/client/session';
import { BulkActions } from '@/components/instances/actions/BulkActions';
import { DataTable } from '@/components/table/DataTable';
import { FilterBar } from '@/components/table/FilterBar';
import { useListQuery } from '@/components/table/use-list-query';
import { Button } from '@/components/ui/Button';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { EmptyState } from '@/components/ui/EmptyState';
import { pages } from '@/contract/paths';
import { InstanceListQuery } from '@/contract/schemas/instance';
import { customerColumns, operatorColumns } from './instance-columns';
import { InstanceFilters } from './InstanceFilters';

export function InstancesTable() {
  const t = useTranslations('instances');
  const table = useTranslations('table');
  const { isOperator } = useViewer();
  const list = useListQuery(InstanceListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...instancesQuery(list.query),
    placeholderData: keepPreviousData,
  });
  const [selected, setSelected] = useState<RowSelectionState>({});
  const chosen = data?.items.filter(({ id }) => selected[id]) ?? [];
  const empty = list.isFiltered ? (
    <EmptyState title={t('emptyFiltered')} action={<Button onClick={list.clear}>{table('clear')}</Button>} />
  ) : (
    <EmptyState
      title={t('emptyTitle')}
      action={<ButtonLink href={pages.instanceCreate()}>{t('create')}</ButtonLink>}
    >
      {t('emptyText')}
    </EmptyState>
  );

  return (
    <div className="grid gap-3">
      <FilterBar
        list={list}
        searchLabel={t('filters.search')}
        actions={chosen.length > 0 && <BulkActions instances={chosen} onDone={() => setSelected({})} />}
      >
        <InstanceFilters list={list} />
      </FilterBar>
      <DataTable
        label={t('title')}
        columns={isOperator ? operatorColumns : customerColumns}
        page={data}
        error={error && asAppError(error)}
        list={list}
        rowId={({ id }) => id}
        rowHref={({ id }) => pages.instance(id)}
        empty={empty}
        isStale={isPlaceholderData}
        selection={{ selected, onChange: setSelected }}
      />
    </div>
  );
}
