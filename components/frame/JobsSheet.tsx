'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { jobsQuery, unfinishedJobsQuery } from '@/client/jobs';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Sheet } from '@/components/ui/Sheet';
import { Skeleton } from '@/components/ui/Skeleton';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';
import { JobSummary } from './JobSummary';

const latestJobs = jobsQuery({ page: 1, pageSize: 20, search: '' });

/** What is under way, then what ended last. */
export function JobsSheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('frame.jobs');
  const unfinished = useQuery(unfinishedJobsQuery());
  const latest = useQuery(latestJobs);
  const finished = latest.data?.items.filter((job) => isFinished(job.status)) ?? [];
  const error = unfinished.error ?? latest.error;
  return (
    <Sheet open onClose={onClose} title={t('title')}>
      {error && <ErrorPanel error={error} compact />}
      <h2 className="mb-1 text-xs font-medium text-faint">{t('unfinished')}</h2>
      {unfinished.data?.items.length === 0 && <p className="py-2 text-soft">{t('none')}</p>}
      <JobList jobs={unfinished.data?.items ?? []} onOpen={onClose} />
      <h2 className="mt-5 mb-1 text-xs font-medium text-faint">{t('latest')}</h2>
      {latest.isPending && <Skeleton className="my-2 w-3/5" />}
      <JobList jobs={finished} onOpen={onClose} />
      <div className="mt-4">
        <ButtonLink href={pages.jobs()} onClick={onClose}>
          {t('all')}
        </ButtonLink>
      </div>
    </Sheet>
  );
}

function JobList({ jobs, onOpen }: { jobs: Job[]; onOpen: () => void }) {
  return (
    <ul className="-mx-2">
      {jobs.map((job) => (
        <li key={job.id}>
          <JobSummary job={job} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}
