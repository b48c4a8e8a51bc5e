'use client';
// What somebody should look at, errors first; one calm line when there is nothing.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { MendFinding } from '@/components/verify/MendFinding';
import { VerifyRow } from '@/components/verify/VerifyRow';
import { StateShape } from '@/components/ui/StateShape';
import { toneText } from '@/components/ui/tone';
import type { Finding, Overview } from '@/contract/schemas/cluster';
import type { VerifyFinding } from '@/contract/schemas/verify';
import { FindingText } from './FindingText';

const most = 8;

type Props = { overview: Overview; isNew: boolean };

export function Findings({ overview, isNew }: Props) {
  const t = useTranslations('overview');
  const [showsAll, setShowsAll] = useState(false);
  const { findings, verified, nodes } = overview;
  const rows = [...findings.map(liveRow), ...verified.map(verifiedRow)].sort((a, b) =>
    a.severity.localeCompare(b.severity),
  );
  if (rows.length === 0)
    return isNew ? null : <Calm nodes={Object.values(nodes).reduce((sum, count) => sum + count, 0)} />;
  const shown = showsAll ? rows : rows.slice(0, most);
  return (
    <section aria-label={t('attention')} className="rounded-lg border border-line bg-panel">
      <h2 className="flex min-h-10 items-center gap-2 border-b border-line px-4 font-semibold">
        {t('attention')}
        <span className="text-sm font-normal text-faint">{rows.length}</span>
      </h2>
      <ul className="divide-y divide-line">{shown.map(({ row }) => row)}</ul>
      {shown.length < rows.length && (
        <div className="border-t border-line px-2 py-1">
          <Button look="quiet" size="small" onClick={() => setShowsAll(true)}>
            {t('showAll', { count: rows.length })}
          </Button>
        </div>
      )}
    </section>
  );
}

const liveRow = (finding: Finding) => ({
  severity: finding.severity,
  row: <FindingRow key={`${finding.kind} ${finding.target.id}`} finding={finding} />,
});
const verifiedRow = (finding: VerifyFinding) => ({
  severity: finding.severity,
  row: <VerifyRow key={`${finding.meaning} ${finding.target.id} ${finding.subject}`} finding={finding} />,
});

function FindingRow({ finding }: { finding: Finding }) {
  const t = useTranslations('overview.severity');
  const tone = finding.severity === 'error' ? 'broken' : 'attention';
  return (
    <li className="flex min-h-9 items-start gap-2.5 px-4 py-2">
      <span className={`mt-1 ${toneText[tone]}`}>
        <StateShape tone={tone} />
      </span>
      <span className="sr-only">{t(finding.severity)}</span>
      <div className="grid min-w-0 flex-1 justify-items-start gap-1.5 wrap-anywhere">
        <p>
          <FindingText finding={finding} />
        </p>
        <MendFinding mend={finding.mend ?? null} name={finding.target.name} />
      </div>
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
