import { notFound } from 'next/navigation';
import { jobLogQuery, jobQuery } from '@/client/jobs';
import { prefetch, Prefetched } from '@/client/prefetched';
import { JobView } from '@/components/jobs/JobView';
import { JobId } from '@/contract/names';
import { pageActor } from '@/server/auth/page-actor';
import { getJob, getJobLog } from '@/server/usecases/jobs';

export default async function JobPage({ params }: PageProps<'/jobs/[id]'>) {
  const ctx = await pageActor();
  const parsed = JobId.safeParse((await params).id);
  if (!parsed.success) notFound();
  const id = parsed.data;
  return (
    <Prefetched
      queries={[
        prefetch(jobQuery(id), () => getJob(ctx, { id })),
        prefetch(jobLogQuery(id), () => getJobLog(ctx, { id, after: 0 })),
      ]}
    >
      <JobView id={id} />
    </Prefetched>
  );
}
