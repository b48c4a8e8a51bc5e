import { jobsQuery } from '@/client/jobs';
import { prefetch, Prefetched } from '@/client/prefetched';
import { InstanceJobs } from '@/components/instances/detail/InstanceJobs';
import { parseListQuery } from '@/components/table/list-query';
import { JobListQuery } from '@/contract/schemas/job';
import { pageActor } from '@/server/auth/page-actor';
import { listJobs } from '@/server/usecases/jobs';

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export default async function InstanceJobsPage({ params, searchParams }: Props) {
  const { id } = await params;
  const ctx = await pageActor();
  const query = { ...parseListQuery(JobListQuery, await searchParams), instanceId: id };
  return (
    <Prefetched queries={[prefetch(jobsQuery(query), () => listJobs(ctx, query))]}>
      <InstanceJobs id={id} />
    </Prefetched>
  );
}
