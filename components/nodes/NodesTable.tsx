'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { nodesQuery } from '@/client/nodes';
import { DataTable } from '@/components/table/DataTable';
import { FilterBar } from '@/components/table/FilterBar';
import { FilterSelect } from '@/components/table/FilterSelect';
import { useListQuery } from '@/components/table/use-list-query';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { EmptyState } from '@/components/ui/EmptyState';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import { NodeListQuery } from '@/contract/schemas/node';
import { NodeState } from '@/contract/states';
import { AddNode } from './AddNode';
import { nodeColumns } from './node-columns';

export function NodesTable() {
  const t = useTranslations('nodes');
  const states = useTranslations('states.node');
  const upkeep = useTranslations('upkeep');
  const list = useListQuery(NodeListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...nodesQuery(list.query),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHeader
        title={t('title')}
        actions={
          <>
            <ButtonLink href={pages.nodeCommands()}>{upkeep('commands.link')}</ButtonLink>
            <AddNode />
          </>
        }
      />
      <FilterBar list={list} searchLabel={t('filters.search')}>
        <FilterSelect
          label={t('filters.state')}
          value={list.query.state}
          onChange={(state) => list.set({ state })}
          options={NodeState.options.map((state) => ({ value: state, label: states(state) }))}
        />
      </FilterBar>
      <DataTable
        label={t('title')}
        columns={nodeColumns}
        page={data}
        error={error}
        list={list}
        isStale={isPlaceholderData}
        rowId={(node) => node.id}
        rowHref={(node) => pages.node(node.id)}
        empty={
          <EmptyState title={t(list.isFiltered ? 'emptyFiltered' : 'emptyTitle')}>
            {!list.isFiltered && t('emptyText')}
          </EmptyState>
        }
      />
    </>
  );
}
