'use client';
// One entry of the audit as a sentence: who, what was done or tried, to what; below it what was changed or why it failed.
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useViewer } from '@/client/session';
import { pages } from '@/contract/paths';
import type { AuditEntry } from '@/contract/schemas/audit';
import { AuditDetail } from './AuditDetail';
import { actionOf } from './audit-actions';
import { hrefOfTarget } from './audit-links';

export function AuditSentence({ entry }: { entry: AuditEntry }) {
  const t = useTranslations('activity');
  const action = actionOf(entry.action);
  const target = () => <Target entry={entry} />;
  return (
    <span className="block min-w-0 py-1 whitespace-normal">
      <span className="wrap-anywhere">
        <Actor entry={entry} />{' '}
        <span className="text-soft">
          {action
            ? t.rich(`did.${action}`, {
                outcome: entry.outcome,
                what: t(`consoles.${consoleOf(entry)}`),
                hasTarget: entry.target ? 'yes' : 'no',
                target,
              })
            : t.rich('didUnknown', { action: entry.action, target })}
        </span>
      </span>
      <AuditDetail entry={entry} />
    </span>
  );
}

function Actor({ entry: { actor, address, action } }: { entry: AuditEntry }) {
  const t = useTranslations('activity.by');
  const { isOperator } = useViewer();
  if (actor && !isOperator) return <span className="font-medium">{actor.name}</span>;
  if (actor)
    return (
      <Link href={pages.user(actor.id)} className="font-medium hover:text-accent hover:underline">
        {actor.name}
      </Link>
    );
  if (action === 'agent.join') return t('node');
  // Customers learn neither who else acted nor from where.
  return t(address === null && isOperator ? 'console' : 'someone');
}

function Target({ entry: { target } }: { entry: AuditEntry }) {
  const { isOperator } = useViewer();
  if (!target) return null;
  const href = hrefOfTarget(target, isOperator);
  // What was refused is recorded without its name.
  const word = target.name === target.id && target.id.length > 12 ? target.id.slice(0, 8) : target.name;
  const style = 'font-mono text-[13px] text-ink';
  if (!href) return <span className={style}>{word}</span>;
  return (
    <Link href={href} title={target.name} className={`${style} hover:text-accent hover:underline`}>
      {word}
    </Link>
  );
}

function consoleOf({ details }: AuditEntry): 'screen' | 'serial' | 'other' {
  const kind = details['kind'];
  return kind === 'screen' || kind === 'serial' ? kind : 'other';
}
