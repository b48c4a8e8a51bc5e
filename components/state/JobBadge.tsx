'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { Job } from '@/contract/schemas/job';
import type { JobStatus } from '@/contract/states';

export const jobTone: Record<JobStatus, Tone> = {
  queued: 'unknown',
  waiting: 'paused',
  running: 'working',
  canceling: 'working',
  canceled: 'stopped',
  success: 'done',
  error: 'broken',
};

type Props = { job: Pick<Job, 'status' | 'needsAttention'>; look?: 'plain' | 'filled' };

export function JobBadge({ job: { status, needsAttention }, look }: Props) {
  const t = useTranslations('states.job');
  if (needsAttention) return <StateBadge look={look} tone="attention" word={t('needsAttention')} />;
  return <StateBadge look={look} tone={jobTone[status]} word={t(status)} />;
}
