'use client';
import type { ColumnDef } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import { JobBadge } from '@/components/state/JobBadge';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RowLink } from '@/components/table/RowLink';
import { Duration } from '@/components/ui/Duration';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { useStepWords } from './use-step-words';

export const jobColumns: ColumnDef<Job>[] = [
  {
    id: 'operation',
    header: () => <ColumnTitle text="jobs.columns.operation" />,
    cell: ({ row: { original: job } }) => <OperationLink job={job} />,
    meta: { priority: 1 },
  },
  {
    id: 'target',
    header: () => <ColumnTitle text="jobs.columns.target" />,
    cell: ({ row: { original: job } }) => (
      <span className="block max-w-56 truncate font-mono text-[13px]">{job.target.name}</span>
    ),
    meta: { priority: 2 },
  },
  {
    id: 'status',
    header: () => <ColumnTitle text="jobs.columns.status" />,
    cell: ({ row: { original: job } }) => <JobBadge job={job} />,
    meta: { priority: 1, width: '9rem' },
  },
  {
    id: 'step',
    header: () => <ColumnTitle text="jobs.columns.step" />,
    cell: ({ row: { original: job } }) => <StepNow job={job} />,
    meta: { priority: 3 },
  },
  {
    id: 'by',
    header: () => <ColumnTitle text="jobs.columns.by" />,
    cell: ({ row: { original: job } }) => <AskedBy job={job} />,
    meta: { priority: 3 },
  },
  {
    id: 'created',
    header: () => <ColumnTitle text="jobs.columns.created" />,
    cell: ({ row: { original: job } }) => <RelativeTime at={job.createdAt} className="text-soft" />,
    meta: { priority: 2, width: '8rem' },
  },
  {
    id: 'took',
    header: () => <ColumnTitle text="jobs.columns.took" />,
    cell: ({ row: { original: job } }) =>
      job.startedAt ? <Duration start={job.startedAt} end={job.endedAt} /> : null,
    meta: { priority: 3, width: '6rem', align: 'right' },
  },
];

function OperationLink({ job }: { job: Job }) {
  const states = useTranslations('states.operation');
  const t = useTranslations('jobs');
  return (
    <span className="flex items-baseline gap-2">
      <RowLink href={pages.job(job.id)} name={states(job.operation)} mono={false} />
      <span className="text-xs text-faint">{t('job', { id: job.id })}</span>
    </span>
  );
}

export function AskedBy({ job }: { job: Job }) {
  const t = useTranslations('jobs');
  return <span className="text-soft">{job.createdBy?.name ?? t('byConsole')}</span>;
}

function StepNow({ job }: { job: Job }) {
  const t = useTranslations('jobs');
  const wordsOf = useStepWords();
  const index = job.steps.findIndex((step) => step.status === 'running' || step.status === 'undoing');
  const step = job.steps[index];
  if (!step) return null;
  return (
    <span className="text-soft">
      {t('stepOf', { n: index + 1, total: job.steps.length, name: wordsOf(step.name) })}
    </span>
  );
}
