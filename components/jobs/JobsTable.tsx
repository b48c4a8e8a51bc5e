'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { jobsQuery } from '@/client/jobs';
import { DataTable } from '@/components/table/DataTable';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { pages } from '@/contract/paths';
import { JobListQuery } from '@/contract/schemas/job';
import { jobColumns } from './job-columns';
import { JobFilters } from './JobFilters';

/** All jobs that one may see, newest first, live. */
export function JobsTable() {
  const t = useTranslations('jobs');
  const list = useListQuery(JobListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...jobsQuery(list.query),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <JobFilters list={list} />
      <DataTable
        label={t('title')}
        columns={jobColumns}
        page={data}
        error={error}
        list={list}
        isStale={isPlaceholderData}
        rowId={(job) => String(job.id)}
        rowHref={(job) => pages.job(job.id)}
        empty={
          <EmptyState title={t(list.isFiltered ? 'emptyFiltered' : 'emptyTitle')}>
            {!list.isFiltered && t('emptyText')}
          </EmptyState>
        }
      />
    </>
  );
}
