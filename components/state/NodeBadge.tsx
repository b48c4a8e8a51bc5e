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

type Props = { node: Pick<Node, 'state' | 'drained' | 'problem'>; look?: 'plain' | 'filled' };

export function NodeBadge({ node: { state, drained, problem }, look }: Props) {
  const t = useTranslations('states.node');
  return (
    <span className="inline-flex items-center gap-2">
      <StateBadge look={look} tone={nodeTone[state]} word={t(state)} hint={problem ?? undefined} />
      {drained && <StateBadge look={look} tone="attention" word={t('drained')} />}
    </span>
  );
}
