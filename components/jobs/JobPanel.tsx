'use client';
// One job as it happens: what it is, its steps, why it failed or waits, the tail of its log.
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { JobBadge } from '@/components/state/JobBadge';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { Duration } from '@/components/ui/Duration';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { CancelJobButton } from './CancelJobButton';
import { JobLogView } from './JobLogView';
import { JobSteps } from './JobSteps';

/** `isLinked`: where it stands on another page than the job's own. */
export function JobPanel({ job, isLinked = true }: { job: Job; isLinked?: boolean }) {
  const t = useTranslations('instances.job');
  const states = useTranslations('states');
  return (
    <section aria-label={t('heading', { id: job.id })} className="rounded-lg border border-line bg-panel">
      <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
        <h2 className="font-semibold">{states(`operation.${job.operation}`)}</h2>
        <JobBadge job={job} />
        <p className="min-w-0 flex-1 text-sm text-faint max-sm:order-last max-sm:basis-full">
          <JobTimes job={job} />
        </p>
        <CancelJobButton job={job} />
        {isLinked && (
          <ButtonLink size="small" look="quiet" href={pages.job(job.id)}>
            {t('heading', { id: job.id })}
          </ButtonLink>
        )}
      </header>
      <div className="grid gap-x-6 gap-y-3 p-4 lg:grid-cols-[minmax(16rem,2fr)_3fr]">
        <div className="grid content-start gap-3">
          {job.waitsFor !== null && (
            <Link href={pages.job(job.waitsFor)} className="text-soft underline underline-offset-2">
              {t('waitsFor', { id: job.waitsFor })}
            </Link>
          )}
          {job.error && <ErrorPanel error={job.error} compact />}
          {job.needsAttention && <p className="text-sm text-attention">{t('needsAttention')}</p>}
          <JobSteps job={job} />
        </div>
        <JobLogView jobId={job.id} className="h-52" />
      </div>
    </section>
  );
}

function JobTimes({ job }: { job: Job }) {
  const t = useTranslations('instances.job');
  return (
    <>
      <RelativeTime at={job.createdAt} />{' '}
      {job.createdBy ? t('by', { name: job.createdBy.name }) : t('byConsole')}
      {job.startedAt && (
        <>
          {', '}
          <Duration start={job.startedAt} end={job.endedAt} />
        </>
      )}
    </>
  );
}
