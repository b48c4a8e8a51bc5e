'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { clustersQuery } from '@/client/clusters';
import { nodesQuery } from '@/client/nodes';
import { useViewer } from '@/client/session';
import { usersQuery } from '@/client/users';
import { FilterSelect } from '@/components/table/FilterSelect';
import type { List } from '@/components/table/use-list-query';
import { type Ref, pageSizes } from '@/contract/schemas/common';
import type { InstanceListQuery } from '@/contract/schemas/instance';
import { InstanceStatus } from '@/contract/states';

type Props = { list: List<InstanceListQuery> };

export function InstanceFilters({ list }: Props) {
  const t = useTranslations('instances.filters');
  const states = useTranslations('states.instance');
  const { isOperator } = useViewer();
  return (
    <>
      <FilterSelect
        label={t('status')}
        value={list.query.status}
        options={InstanceStatus.options.map((value) => ({ value, label: states(value) }))}
        onChange={(status) => list.set({ status })}
      />
      {isOperator && <OperatorFilters list={list} />}
    </>
  );
}

const all = { page: 1, pageSize: pageSizes.max, search: '' };

/** Only operators see more than one owner, and nodes at all. */
function OperatorFilters({ list: { query, set } }: Props) {
  const t = useTranslations('instances.filters');
  const clusters = useQuery(clustersQuery());
  const owners = useQuery(usersQuery(all));
  const nodes = useQuery(nodesQuery(all));
  return (
    <>
      {(clusters.data?.items.length ?? 0) > 1 && (
        <FilterSelect
          label={t('cluster')}
          value={query.clusterId}
          options={optionsOf(clusters.data?.items)}
          onChange={(clusterId) => set({ clusterId })}
        />
      )}
      <FilterSelect
        label={t('owner')}
        value={query.ownerId}
        options={optionsOf(owners.data?.items)}
        onChange={(ownerId) => set({ ownerId })}
      />
      <FilterSelect
        label={t('node')}
        value={query.nodeId}
        options={optionsOf(nodes.data?.items)}
        onChange={(nodeId) => set({ nodeId })}
      />
    </>
  );
}

function optionsOf(refs: Ref[] = []) {
  return refs.map(({ id, name }) => ({ value: id, label: name }));
}
