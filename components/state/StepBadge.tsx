'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { StepStatus } from '@/contract/states';

export const stepTone: Record<StepStatus, Tone> = {
  pending: 'unknown',
  running: 'working',
  done: 'done',
  failed: 'broken',
  undoing: 'working',
  undone: 'stopped',
  undoFailed: 'attention',
};

export function StepBadge({ status }: { status: StepStatus }) {
  const t = useTranslations('states.step');
  return <StateBadge tone={stepTone[status]} word={t(status)} />;
}
