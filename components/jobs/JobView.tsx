'use client';
// The page of one job, live until it has ended and readable for as long as it is kept.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { jobQuery } from '@/client/jobs';
import { JobBadge } from '@/components/state/JobBadge';
import { Duration } from '@/components/ui/Duration';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { FactStrip } from '@/components/ui/KeyValue';
import { PageHeader } from '@/components/ui/PageHeader';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { AskedBy } from './job-columns';
import { JobPanel } from './JobPanel';

export function JobView({ id }: { id: number }) {
  const states = useTranslations('states.operation');
  const t = useTranslations('jobs');
  const { data: job, error } = useQuery(jobQuery(id));
  if (!job) return error ? <ErrorPanel error={error} /> : null;
  return (
    <div className="grid gap-4">
      <PageHeader
        title={`${states(job.operation)} ${job.target.name}`}
        badge={<JobBadge job={job} look="filled" />}
        meta={[t('job', { id: job.id })]}
      />
      <JobFacts job={job} />
      <JobPanel job={job} isLinked={false} />
    </div>
  );
}

function JobFacts({ job }: { job: Job }) {
  const t = useTranslations('jobs.facts');
  const href = pages[job.target.kind](job.target.id);
  return (
    <FactStrip
      facts={[
        {
          label: t('target'),
          value: (
            <Link href={href} className="font-mono text-[13px] hover:text-accent hover:underline">
              {job.target.name}
            </Link>
          ),
        },
        ...(job.cluster ? [{ label: t('cluster'), value: job.cluster.name }] : []),
        { label: t('by'), value: <AskedBy job={job} /> },
        { label: t('accepted'), value: <RelativeTime at={job.createdAt} /> },
        {
          label: t('took'),
          value: job.startedAt ? <Duration start={job.startedAt} end={job.endedAt} /> : '–',
        },
        ...(job.dependsOn.length > 0 ? [{ label: t('after'), value: <JobLinks ids={job.dependsOn} /> }] : []),
      ]}
    />
  );
}

function JobLinks({ ids }: { ids: number[] }) {
  return (
    <span className="flex gap-2">
      {ids.map((id) => (
        <Link key={id} href={pages.job(id)} className="hover:text-accent hover:underline">
          {id}
        </Link>
      ))}
    </span>
  );
}
