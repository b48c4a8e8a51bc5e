'use client';
// What somebody should look at, errors first; one calm line when there is nothing.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { StateShape } from '@/components/ui/StateShape';
import { toneText } from '@/components/ui/tone';
import type { Finding, Overview } from '@/contract/schemas/cluster';
import { FindingText } from './FindingText';

const most = 8;

type Props = { overview: Overview; isNew: boolean };

export function Findings({ overview, isNew }: Props) {
  const t = useTranslations('overview');
  const [showsAll, setShowsAll] = useState(false);
  const { findings, nodes } = overview;
  if (findings.length === 0)
    return isNew ? null : <Calm nodes={Object.values(nodes).reduce((sum, count) => sum + count, 0)} />;
  const shown = showsAll ? findings : findings.slice(0, most);
  return (
    <section aria-label={t('attention')} className="rounded-lg border border-line bg-panel">
      <h2 className="flex min-h-10 items-center gap-2 border-b border-line px-4 font-semibold">
        {t('attention')}
        <span className="text-sm font-normal text-faint">{findings.length}</span>
      </h2>
      <ul className="divide-y divide-line">
        {shown.map((finding) => (
          <FindingRow key={`${finding.kind} ${finding.target.id}`} finding={finding} />
        ))}
      </ul>
      {shown.length < findings.length && (
        <div className="border-t border-line px-2 py-1">
          <Button look="quiet" size="small" onClick={() => setShowsAll(true)}>
            {t('showAll', { count: findings.length })}
          </Button>
        </div>
      )}
    </section>
  );
}

function FindingRow({ finding }: { finding: Finding }) {
  const t = useTranslations('overview.severity');
  const tone = finding.severity === 'error' ? 'broken' : 'attention';
  return (
    <li className="flex min-h-9 items-start gap-2.5 px-4 py-2">
      <span className={`mt-1 ${toneText[tone]}`}>
        <StateShape tone={tone} />
      </span>
      <span className="sr-only">{t(finding.severity)}</span>
      <p className="min-w-0 wrap-anywhere">
        <FindingText finding={finding} />
      </p>
    </li>
  );
}

function Calm({ nodes }: { nodes: number }) {
  const t = useTranslations('overview');
  return (
    <section
      aria-label={t('attention')}
      className="flex min-h-10 items-center gap-2.5 rounded-lg border border-line bg-panel px-4 py-2"
    >
      <span className="text-running">
        <StateShape tone="running" />
      </span>
      <p>
        <span className="font-semibold">{t('calm')}</span>{' '}
        <span className="text-soft">{t('calmText', { nodes })}</span>
      </p>
    </section>
  );
}
