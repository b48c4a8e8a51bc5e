'use client';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import { pages } from '@/contract/paths';
import type { EvacuationMove, EvacuationRow } from '@/contract/schemas/evacuation';

/** What happens to each instance, and why nothing does. */
export function EvacuationRows({ rows }: { rows: readonly EvacuationRow[] }) {
  const t = useTranslations('upkeep.evacuate');
  if (rows.length === 0) return <p className="text-faint">{t('nothing')}</p>;
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {rows.map((row) => (
        <li key={`${row.instance.id} ${row.role}`} className="grid gap-1 px-3 py-2">
          <div className="flex flex-wrap items-center gap-x-3">
            <Link
              href={pages.instance(row.instance.id)}
              className="min-w-0 flex-1 truncate font-mono text-[13px] font-medium hover:text-accent hover:underline"
            >
              {row.instance.name}
            </Link>
            <span className="text-sm text-faint">{t(`roles.${row.role}`)}</span>
            <StateBadge
              tone={row.isRunning ? 'running' : 'stopped'}
              word={t(row.isRunning ? 'running' : 'stopped')}
            />
          </div>
          {row.moves.map((move) => (
            <Move key={move.operation} move={move} />
          ))}
          {row.whyNot && <p className="text-sm text-attention">{t('stays', { why: row.whyNot })}</p>}
        </li>
      ))}
    </ul>
  );
}

function Move({ move: { operation, node } }: { move: EvacuationMove }) {
  const t = useTranslations('upkeep.evacuate');
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-sm text-soft">
      {t(`moves.${operation}`)}
      <ArrowRight aria-hidden className="size-3.5 text-faint" />
      <span className="font-mono text-[12px] text-ink">{node.name}</span>
    </p>
  );
}
