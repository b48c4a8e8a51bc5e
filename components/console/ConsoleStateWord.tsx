'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { ConsoleState } from './console-connection';

const tones: Record<ConsoleState['kind'], Tone> = {
  idle: 'stopped',
  connecting: 'working',
  open: 'running',
  retrying: 'attention',
  ended: 'broken',
};

/** Whether the console is connected; told to screen readers when it changes. */
export function ConsoleStateWord({ state }: { state: ConsoleState }) {
  const t = useTranslations('console.states');
  return (
    <span role="status" className="inline-flex w-28 text-sm">
      <StateBadge tone={tones[state.kind]} word={t(state.kind)} />
    </span>
  );
}
