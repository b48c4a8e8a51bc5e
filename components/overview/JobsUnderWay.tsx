'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { unfinishedJobsQuery } from '@/client/jobs';
import { useStepWords } from '@/components/jobs/use-step-words';
import { JobBadge } from '@/components/state/JobBadge';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';

const most = 8;

export function JobsUnderWay() {
  const t = useTranslations('overview');
  const { data: jobs } = useQuery(unfinishedJobsQuery());
  const more = (jobs?.total ?? 0) - most;
  const all = (
    <ButtonLink size="small" look="quiet" href={pages.jobs()}>
      {t('allJobs')}
    </ButtonLink>
  );
  return (
    <Section title={t('jobs')} actions={all}>
      {jobs?.total === 0 && <p className="text-faint">{t('noJobs')}</p>}
      {jobs !== undefined && jobs.total > 0 && (
        <ul className="-my-2 divide-y divide-line">
          {jobs.items.slice(0, most).map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <Link
          href={`${pages.jobs()}?status=unfinished`}
          className="mt-3 block text-sm text-soft hover:text-accent hover:underline"
        >
          {t('moreJobs', { count: more })}
        </Link>
      )}
    </Section>
  );
}

function JobRow({ job }: { job: Job }) {
  const states = useTranslations('states.operation');
  return (
    <li className="py-2">
      <div className="flex items-baseline gap-2">
        <Link
          href={pages.job(job.id)}
          className="min-w-0 flex-1 truncate font-medium hover:text-accent hover:underline"
        >
          {states(job.operation)} <span className="font-mono text-[13px]">{job.target.name}</span>
        </Link>
        <JobBadge job={job} />
      </div>
      <p className="truncate text-sm text-faint">
        <Progress job={job} />
      </p>
    </li>
  );
}

/** Always one line, so that nothing moves while a job goes from step to step. */
function Progress({ job }: { job: Job }) {
  const t = useTranslations('overview');
  const wordsOf = useStepWords();
  if (job.waitsFor !== null) return t('waiting', { id: job.waitsFor });
  const index = job.steps.findIndex(({ status }) => status === 'running' || status === 'undoing');
  const step = job.steps[index];
  if (!step) return '\u00a0';
  return t('stepOf', { n: index + 1, total: job.steps.length, name: wordsOf(step.name) });
}
