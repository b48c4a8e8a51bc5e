'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceStatus } from '@/contract/states';

export const instanceTone: Record<InstanceStatus, Tone> = {
  creating: 'working',
  removing: 'working',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  disksInactive: 'paused',
  userDown: 'stopped',
  offline: 'paused',
  errorDown: 'broken',
  errorUp: 'attention',
  errorWrongNode: 'broken',
  nodeDown: 'broken',
  nodeOffline: 'attention',
  unknown: 'unknown',
};

type Props = { instance: Pick<Instance, 'status' | 'job'>; look?: 'plain' | 'filled' };

/** An instance's state; while a job works on it, what the job is doing. */
export function InstanceBadge({ instance: { status, job }, look }: Props) {
  const t = useTranslations('states');
  if (job && job.status !== 'queued' && job.status !== 'waiting')
    return <StateBadge look={look} tone="working" word={t(`working.${job.operation}`)} />;
  return (
    <StateBadge
      look={look}
      tone={instanceTone[status]}
      word={t(`instance.${status}`)}
      hint={t(`instanceHint.${status}`)}
    />
  );
}
