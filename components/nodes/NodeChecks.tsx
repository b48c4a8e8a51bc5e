'use client';
// What the node has of what it needs: first what is to be mended and how, then, behind a click, what is as it should be.
import { useTranslations } from 'next-intl';
import { Section } from '@/components/ui/Section';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Node, NodeCheck } from '@/contract/schemas/node';
import { CheckAgain } from './CheckAgain';

const tones = { ok: 'running', warn: 'attention', missing: 'broken' } as const;
const urgency = { missing: 0, warn: 1, ok: 2 } as const;

export function NodeChecks({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const checks = node.facts?.checks ?? [];
  if (checks.length === 0) return null;
  const good = checks.filter(({ state }) => state === 'ok');
  const others = checks
    .filter(({ state }) => state !== 'ok')
    .toSorted((a, b) => urgency[a.state] - urgency[b.state]);
  return (
    <Section title={t('checksTitle')} help={t('checksHelp')} actions={<CheckAgain node={node} />}>
      <div className="grid gap-3">
        {others.length > 0 && <Checks checks={others} />}
        {good.length > 0 && (
          <details>
            <summary className="cursor-pointer text-soft">{t('checksGood', { count: good.length })}</summary>
            <div className="pt-3">
              <Checks checks={good} />
            </div>
          </details>
        )}
      </div>
    </Section>
  );
}

function Checks({ checks }: { checks: NodeCheck[] }) {
  const t = useTranslations('nodes.checkStates');
  return (
    <ul className="grid gap-3">
      {checks.map(({ code, state, says, mend }) => (
        <li key={code} className="grid grid-cols-[5.5rem_1fr] gap-x-2">
          <StateBadge tone={tones[state]} word={t(state)} />
          <div className="min-w-0 wrap-anywhere">
            <p>{says}</p>
            {mend && <p className="text-sm text-soft">{mend}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** For lists: only what keeps the node from doing what it is used for. */
export function ToMend({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const count = node.facts?.checks?.filter(({ state }) => state === 'missing').length ?? 0;
  if (count === 0) return null;
  return <StateBadge tone="attention" word={t('toMend', { count })} hint={t('toMendHint')} />;
}
