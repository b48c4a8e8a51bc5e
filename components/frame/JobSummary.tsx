'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { JobBadge } from '@/components/state/JobBadge';
import { Duration } from '@/components/ui/Duration';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';

/** A job in two lines: what on what, how it stands. */
export function JobSummary({ job, onOpen }: { job: Job; onOpen?: () => void }) {
  const t = useTranslations();
  const done = job.steps.filter((step) => step.status === 'done').length;
  const running = job.status === 'running' && job.steps.length > 0;
  const progress = running ? (done + (job.progress ?? 0)) / job.steps.length : null;
  return (
    <Link href={pages.job(job.id)} onClick={onOpen} className="block rounded-md px-2 py-2 hover:bg-hover">
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate">
          {t(`states.operation.${job.operation}`)}{' '}
          <span className="font-mono text-[13px]">{job.target.name}</span>
        </span>
        <JobBadge job={job} />
      </span>
      <span className="mt-0.5 flex gap-2 text-sm text-faint">
        <span>#{job.id}</span>
        {running && (
          <span>
            {t('frame.jobs.step', { n: Math.min(done + 1, job.steps.length), count: job.steps.length })}
          </span>
        )}
        {job.waitsFor !== null && <span>{t('frame.jobs.waitsFor', { id: job.waitsFor })}</span>}
        <span className="ml-auto">
          {isFinished(job.status) ? (
            <RelativeTime at={job.endedAt} />
          ) : (
            <Duration start={job.startedAt ?? job.createdAt} end={null} />
          )}
        </span>
      </span>
      {progress !== null && (
        <span className="mt-1.5 block">
          <ProgressBar value={progress} label={t(`states.operation.${job.operation}`)} />
        </span>
      )}
      {job.error && (
        <span className="mt-0.5 block text-sm wrap-anywhere text-broken">{job.error.message}</span>
      )}
    </Link>
  );
}
