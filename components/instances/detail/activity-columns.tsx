'use client';
import type { ColumnDef } from '@tanstack/react-table';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import { OperationName } from '@/contract/operations';
import { pages } from '@/contract/paths';
import type { AuditEntry } from '@/contract/schemas/audit';

export const activityColumns: ColumnDef<AuditEntry>[] = [
  {
    id: 'action',
    header: () => <ColumnTitle text="instances.activity.action" />,
    meta: { priority: 1 },
    cell: ({ row }) => <ActionWords entry={row.original} />,
  },
  {
    id: 'outcome',
    header: () => <ColumnTitle text="instances.activity.outcome" />,
    meta: { priority: 1, width: '9rem' },
    cell: ({ row }) => <Outcome entry={row.original} />,
  },
  {
    id: 'actor',
    header: () => <ColumnTitle text="instances.activity.actor" />,
    cell: ({ row }) => <Actor entry={row.original} />,
  },
  {
    id: 'address',
    header: () => <ColumnTitle text="instances.activity.address" />,
    meta: { priority: 3 },
    cell: ({ row }) => (
      <span className="font-mono text-[12.5px] text-soft">{row.original.address ?? '–'}</span>
    ),
  },
  {
    id: 'job',
    header: () => <ColumnTitle text="instances.activity.job" />,
    meta: { width: '6rem' },
    cell: ({ row: { original } }) =>
      original.jobId !== null && (
        <Link href={pages.job(original.jobId)} className="hover:text-accent hover:underline">
          {original.jobId}
        </Link>
      ),
  },
  {
    id: 'at',
    header: () => <ColumnTitle text="instances.activity.at" />,
    meta: { width: '8rem' },
    cell: ({ row }) => <RelativeTime at={row.original.at} className="text-soft" />,
  },
];

const ownWords = ['instance.console', 'console.open', 'console.close', 'job.cancel'] as const;

/** What is an operation reads as one; what is not known here reads as it is recorded. */
function ActionWords({ entry: { action, details } }: { entry: AuditEntry }) {
  const operations = useTranslations('states.operation');
  const t = useTranslations('instances.activity');
  const operation = OperationName.safeParse(action);
  const own = ownWords.find((known) => known === action);
  if (operation.success) return operations(operation.data);
  if (!own) return <span className="font-mono text-[12.5px]">{action}</span>;
  const kind = details['kind'] === 'screen' || details['kind'] === 'serial' ? details['kind'] : 'console';
  return t(`actions.${own}`, { what: t(`kinds.${kind}`) });
}

const tones: Record<AuditEntry['outcome'], Tone> = {
  accepted: 'working',
  done: 'running',
  refused: 'attention',
  failed: 'broken',
};

function Outcome({ entry: { outcome } }: { entry: AuditEntry }) {
  const t = useTranslations('instances.activity.outcomes');
  if (outcome === 'accepted') return <span className="text-soft">{t(outcome)}</span>;
  return <StateBadge tone={tones[outcome]} word={t(outcome)} />;
}

function Actor({ entry: { actor } }: { entry: AuditEntry }) {
  const t = useTranslations('instances.activity');
  return actor?.name ?? <span className="text-soft">{t('console')}</span>;
}
