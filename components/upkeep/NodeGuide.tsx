'use client';
// The way through the loss of a node: what is known and what is not, then power it off, confirm that, start its instances elsewhere, take
// it back. Shown only while a node is silent or offline.
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { clusterQuery } from '@/client/clusters';
import { RelativeTime } from '@/components/ui/RelativeTime';
import type { Node } from '@/contract/schemas/node';
import { EvacuateButton } from './EvacuateButton';
import { DeclareOff, FenceButton } from './SetOffline';
import { RejoinButton } from './RejoinButton';
import { TakeBack } from './TakeBack';

export function NodeGuide({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  if (node.state !== 'unreachable' && node.state !== 'offline') return null;
  const isOff = node.state === 'offline';
  return (
    <section
      aria-label={t(isOff ? 'offTitle' : 'silentTitle', { name: node.name })}
      className={`rounded-lg border ${isOff ? 'border-line' : 'border-broken/40'} bg-panel`}
    >
      <header className="border-b border-line px-4 py-3">
        <h2 className="font-semibold">{t(isOff ? 'offTitle' : 'silentTitle', { name: node.name })}</h2>
        <Knowledge node={node} />
      </header>
      <ol className="divide-y divide-line">
        <PowerStep node={node} />
        <ConfirmStep node={node} />
        <FailoverStep node={node} />
        {isOff && <BackStep node={node} />}
      </ol>
    </section>
  );
}

/** What is certain, and what is not. */
function Knowledge({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  const times = {
    seen: () => <RelativeTime at={node.seenAt} />,
    at: () => <RelativeTime at={node.fencedAt} />,
  };
  const counts = { instances: node.instances, secondaries: node.secondaries };
  if (node.state === 'offline')
    return <p className="text-soft">{t.rich('offKnown', { how: node.fencedHow ?? 'declared', ...times })}</p>;
  return (
    <div className="grid gap-1 text-soft">
      <p>{t.rich('known', { ...times, ...counts })}</p>
      <p>{t('unknown', counts)}</p>
      {node.problem && <p className="text-sm wrap-anywhere text-faint">{node.problem}</p>}
    </div>
  );
}

function PowerStep({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  const { data: cluster } = useQuery(clusterQuery(node.cluster.id));
  const isOff = node.state === 'offline';
  return (
    <Step
      number={1}
      isDone={isOff}
      title={t('power')}
      action={!isOff && cluster?.fenceHook && <FenceButton node={node} hook={cluster.fenceHook} />}
    >
      {t(cluster?.fenceHook ? 'powerWithHook' : 'powerByHand', {
        name: node.name,
        hook: cluster?.fenceHook ?? '',
      })}
    </Step>
  );
}

function ConfirmStep({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  const isOff = node.state === 'offline';
  return (
    <Step number={2} isDone={isOff} title={t('confirm')} action={!isOff && <DeclareOff node={node} />}>
      {t('confirmText')}
    </Step>
  );
}

function FailoverStep({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  const isOff = node.state === 'offline';
  const reason = isOff ? null : t('notYetOff');
  return (
    <Step
      number={3}
      isDone={isOff && node.instances === 0}
      title={t('failover')}
      action={<EvacuateButton node={node} kind="primaries" look="primary" disabledReason={reason} />}
    >
      {t('failoverText', { count: node.instances })}
    </Step>
  );
}

function BackStep({ node }: { node: Node }) {
  const t = useTranslations('upkeep.guide');
  return (
    <Step
      number={4}
      isDone={false}
      title={t('back')}
      action={
        <span className="flex flex-wrap gap-2">
          <RejoinButton node={node} />
          <TakeBack node={node} />
        </span>
      }
    >
      {node.answersSince
        ? t.rich('backAnswers', { since: () => <RelativeTime at={node.answersSince} /> })
        : t('backSilent')}
    </Step>
  );
}

type StepProps = { number: number; isDone: boolean; title: string; children: ReactNode; action: ReactNode };

function Step({ number, isDone, title, children, action }: StepProps) {
  const t = useTranslations('upkeep.guide');
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span
        className={`flex size-6 shrink-0 items-center justify-center rounded-full border text-sm ${isDone ? 'border-transparent bg-running-wash text-running' : 'border-line-strong text-soft'}`}
      >
        {isDone ? <Check aria-label={t('done')} className="size-3.5" /> : number}
      </span>
      <div className="min-w-56 flex-1">
        <h3 className="font-medium">{title}</h3>
        <p className="text-sm text-soft">{children}</p>
      </div>
      {action}
    </li>
  );
}
