'use client';
import { useTranslations } from 'next-intl';
import { useStopInstance } from '@/client/instances';
import type { Instance } from '@/contract/schemas/instance';
import { PowerDialog } from './PowerDialog';

export function StopDialog({ instance: { id, name }, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('instances.stopDialog');
  const stop = useStopInstance();
  return (
    <PowerDialog
      title={t('title', { name })}
      texts={{
        how: t('how'),
        soft: t('ask'),
        softHint: t('askHint'),
        hard: t('force'),
        hardHint: t('forceHint'),
        timeout: t('timeout'),
        submit: t('submit'),
        submitHard: t('submitForce'),
      }}
      pending={stop.isPending}
      onClose={onClose}
      onSubmit={({ isHard, timeoutS }) =>
        stop.mutate({ id, force: isHard, timeoutS: isHard ? undefined : timeoutS }, { onSettled: onClose })
      }
    />
  );
}
