'use client';
// How the jobs go that were last submitted for a node as a whole; gone when all of them have succeeded.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { jobsQuery } from '@/client/jobs';
import { JobBadge } from '@/components/state/JobBadge';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';
import { jobsOfBatch } from './batch-jobs';

export function EvacuationProgress({ batchId }: { batchId: string | null }) {
  const { data } = useQuery({ ...jobsQuery(jobsOfBatch(batchId ?? '')), enabled: batchId !== null });
  const jobs = data?.items ?? [];
  if (jobs.every(({ status }) => status === 'success')) return null;
  return <BatchSection jobs={jobs} total={data?.total ?? jobs.length} />;
}

function BatchSection({ jobs, total }: { jobs: Job[]; total: number }) {
  const t = useTranslations('upkeep.progress');
  const states = useTranslations('states.operation');
  const ended = jobs.filter(({ status }) => isFinished(status));
  const failed = ended.filter(({ status }) => status !== 'success');
  const open = jobs.filter(({ status }) => status !== 'success');
  return (
    <Section title={t('title')} help={t('ended', { ended: ended.length, total, failed: failed.length })}>
      <div className="grid gap-3">
        <ProgressBar value={ended.length / Math.max(1, total)} label={t('title')} />
        <ul className="divide-y divide-line">
          {open.map((job) => (
            <li key={job.id} className="py-1.5">
              <div className="flex items-center gap-3">
                <Link
                  href={pages.job(job.id)}
                  className="min-w-0 flex-1 truncate hover:text-accent hover:underline"
                >
                  <span className="font-mono text-[13px] font-medium">{job.target.name}</span>{' '}
                  <span className="text-soft">{states(job.operation)}</span>
                </Link>
                <JobBadge job={job} />
              </div>
              {job.error && <p className="text-sm wrap-anywhere text-broken">{job.error.message}</p>}
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
