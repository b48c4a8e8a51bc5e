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
      label={t('how')}
      timeLabel={t('timeout')}
      ways={[
        { way: 'ask', kind: true, title: t('ask'), help: t('askHint'), submit: t('submit') },
        { way: 'force', kind: false, title: t('force'), help: t('forceHint'), submit: t('submitForce') },
      ]}
      pending={stop.isPending}
      onClose={onClose}
      onSubmit={({ way, timeoutS }) =>
        stop.mutate({ id, ...(way === 'ask' ? { timeoutS } : { force: true }) }, { onSettled: onClose })
      }
    />
  );
}
