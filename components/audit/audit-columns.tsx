'use client';
import type { ColumnDef } from '@tanstack/react-table';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import { pages } from '@/contract/paths';
import type { AuditEntry } from '@/contract/schemas/audit';
import { AuditSentence } from './AuditSentence';

export const auditColumns: ColumnDef<AuditEntry>[] = [
  {
    id: 'at',
    header: () => <ColumnTitle text="activity.columns.at" />,
    cell: ({ row: { original: entry } }) => (
      <RelativeTime at={entry.at} className="whitespace-nowrap text-soft" />
    ),
    meta: { priority: 2, width: '8rem' },
  },
  {
    id: 'what',
    header: () => <ColumnTitle text="activity.columns.what" />,
    cell: ({ row: { original: entry } }) => <AuditSentence entry={entry} />,
    meta: { priority: 1 },
  },
  {
    id: 'outcome',
    header: () => <ColumnTitle text="activity.columns.outcome" />,
    cell: ({ row: { original: entry } }) => <Outcome entry={entry} />,
    meta: { priority: 2, width: '8rem' },
  },
  {
    id: 'job',
    header: () => <ColumnTitle text="activity.columns.job" />,
    cell: ({ row: { original: entry } }) => <JobLink jobId={entry.jobId} />,
    meta: { priority: 2, width: '6rem' },
  },
  {
    id: 'address',
    header: () => <ColumnTitle text="activity.columns.address" />,
    cell: ({ row: { original: entry } }) => (
      <span className="font-mono text-[12.5px] text-faint">{entry.address}</span>
    ),
    meta: { priority: 3, width: '10rem' },
  },
];

const tones: Record<AuditEntry['outcome'], Tone> = {
  accepted: 'unknown',
  done: 'running',
  failed: 'broken',
  refused: 'attention',
};

function Outcome({ entry: { outcome } }: { entry: AuditEntry }) {
  const t = useTranslations('activity.outcomes');
  return <StateBadge tone={tones[outcome]} word={t(outcome)} />;
}

function JobLink({ jobId }: { jobId: number | null }) {
  const t = useTranslations('activity');
  if (jobId === null) return null;
  return (
    <Link href={pages.job(jobId)} className="whitespace-nowrap text-soft hover:text-accent hover:underline">
      {t('job', { id: jobId })}
    </Link>
  );
}
