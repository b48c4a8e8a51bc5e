'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { jobsQuery } from '@/client/jobs';
import { jobColumns } from '@/components/jobs/job-columns';
import { DataTable } from '@/components/table/DataTable';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { pages } from '@/contract/paths';
import { JobListQuery } from '@/contract/schemas/job';

const columns = jobColumns.filter(({ id }) => id !== 'target');

export function InstanceJobs({ id }: { id: string }) {
  const t = useTranslations('instances');
  const list = useListQuery(JobListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...jobsQuery({ ...list.query, instanceId: id }),
    placeholderData: keepPreviousData,
  });
  return (
    <DataTable
      label={t('tabs.jobs')}
      columns={columns}
      page={data}
      error={error && asAppError(error)}
      list={list}
      isStale={isPlaceholderData}
      rowId={(job) => String(job.id)}
      rowHref={(job) => pages.job(job.id)}
      empty={<EmptyState title={t('jobsEmpty')} />}
    />
  );
}
