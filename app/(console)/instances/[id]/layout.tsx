import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { instanceQuery } from '@/client/instances';
import { jobsQuery } from '@/client/jobs';
import { prefetch, Prefetched } from '@/client/prefetched';
import { InstanceFrame } from '@/components/instances/detail/InstanceFrame';
import { InstanceGone } from '@/components/instances/detail/InstanceGone';
import { latestJobRequest } from '@/components/instances/detail/latest-job';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { pageActor } from '@/server/auth/page-actor';
import { getInstance } from '@/server/usecases/instances';
import { listJobs } from '@/server/usecases/jobs';

type Props = { params: Promise<{ id: string }>; children: ReactNode };

/** What was removed keeps its address: the page tells what became of it, to those who may see its jobs. */
export default async function InstanceLayout({ params, children }: Props) {
  const { id } = await params;
  if (!Id.safeParse(id).success) notFound();
  const ctx = await pageActor();
  const [instance, jobs] = await Promise.all([
    getInstance(ctx, { id }).catch(nullWhereNotFound),
    listJobs(ctx, latestJobRequest(id)),
  ]);
  const jobsPrefetch = prefetch(jobsQuery(latestJobRequest(id)), () => Promise.resolve(jobs));
  if (instance)
    return (
      <Prefetched queries={[prefetch(instanceQuery(id), () => Promise.resolve(instance)), jobsPrefetch]}>
        <InstanceFrame id={id}>{children}</InstanceFrame>
      </Prefetched>
    );
  if (jobs.total === 0) notFound();
  return (
    <Prefetched queries={[jobsPrefetch]}>
      <InstanceGone id={id} />
    </Prefetched>
  );
}

function nullWhereNotFound(error: unknown): null {
  if (error instanceof AppError && error.code === 'not_found') return null;
  throw error;
}
