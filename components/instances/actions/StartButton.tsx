'use client';
import { Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useStartInstance } from '@/client/instances';
import { Button } from '@/components/ui/Button';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';

/** Starts an instance, or says why it can't be started. Busy from the press until the job has ended. */
export function StartButton({
  instance,
  look = 'primary',
}: {
  instance: Instance;
  look?: 'primary' | 'plain';
}) {
  const t = useTranslations('instances.actions');
  const reasons = useTranslations('reasons');
  const start = useStartInstance();
  const refusal = whyNot('start', instance.status, instance.job !== null);
  const isStarting = start.isPending || instance.job?.operation === 'instance.start';
  return (
    <Button
      look={look}
      pending={isStarting}
      disabledReason={refusal && !isStarting ? reasons(refusal) : null}
      onClick={() => start.mutate({ id: instance.id })}
    >
      <Play aria-hidden />
      {t('start')}
    </Button>
  );
}
