import { getTranslations } from 'next-intl/server';
import { jobsQuery } from '@/client/jobs';
import { prefetch, Prefetched } from '@/client/prefetched';
import { JobsTable } from '@/components/jobs/JobsTable';
import { parseListQuery } from '@/components/table/list-query';
import { PageHeader } from '@/components/ui/PageHeader';
import { JobListQuery } from '@/contract/schemas/job';
import { pageActor } from '@/server/auth/page-actor';
import { listJobs } from '@/server/usecases/jobs';

export default async function JobsPage({ searchParams }: PageProps<'/jobs'>) {
  const t = await getTranslations('jobs');
  const ctx = await pageActor();
  const query = parseListQuery(JobListQuery, await searchParams);
  return (
    <Prefetched queries={[prefetch(jobsQuery(query), () => listJobs(ctx, query))]}>
      <PageHeader title={t('title')} />
      <JobsTable />
    </Prefetched>
  );
}
