'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { Node } from '@/contract/schemas/node';
import type { NodeState } from '@/contract/states';

export const nodeTone: Record<NodeState, Tone> = {
  joining: 'working',
  online: 'running',
  unreachable: 'broken',
  offline: 'stopped',
  removing: 'working',
};

type Props = {
  node: Pick<Node, 'state' | 'drained' | 'problem' | 'fencedHow' | 'answersSince'>;
  look?: 'plain' | 'filled';
};

export function NodeBadge({ node, look }: Props) {
  const { state, drained, problem, fencedHow, answersSince } = node;
  const t = useTranslations('states.node');
  const how = useTranslations('upkeep');
  const hint = state === 'offline' && fencedHow ? how('fenced', { how: fencedHow }) : problem;
  return (
    <span className="inline-flex items-center gap-2">
      <StateBadge look={look} tone={nodeTone[state]} word={t(state)} hint={hint ?? undefined} />
      {answersSince && <StateBadge look={look} tone="attention" word={t('answers')} />}
      {drained && <StateBadge look={look} tone="attention" word={t('drained')} />}
    </span>
  );
}
