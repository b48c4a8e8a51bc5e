'use client';
import { useTranslations } from 'next-intl';
import { FilterBar } from '@/components/table/FilterBar';
import { FilterSelect } from '@/components/table/FilterSelect';
import type { List } from '@/components/table/use-list-query';
import { operationNames } from '@/contract/operations';
import type { JobListQuery } from '@/contract/schemas/job';
import { JobStatus } from '@/contract/states';

export function JobFilters({ list }: { list: List<JobListQuery> }) {
  const t = useTranslations('jobs.filters');
  const states = useTranslations('states');
  return (
    <FilterBar list={list} searchLabel={t('search')}>
      <FilterSelect
        label={t('status')}
        value={list.query.status}
        onChange={(status) => list.set({ status })}
        options={[
          { value: 'unfinished', label: t('unfinished') },
          ...JobStatus.options.map((status) => ({ value: status, label: states(`job.${status}`) })),
        ]}
      />
      <FilterSelect
        label={t('operation')}
        value={list.query.operation}
        onChange={(operation) => list.set({ operation })}
        options={operationNames.map((name) => ({ value: name, label: states(`operation.${name}`) }))}
      />
    </FilterBar>
  );
}
