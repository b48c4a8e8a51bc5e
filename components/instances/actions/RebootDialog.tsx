'use client';
import { useTranslations } from 'next-intl';
import { useRebootInstance } from '@/client/instances';
import type { Instance, InstanceReboot } from '@/contract/schemas/instance';
import { PowerDialog } from './PowerDialog';

type Way = 'soft' | 'off' | 'hard';

export function RebootDialog({
  instance: { id, name },
  onClose,
}: {
  instance: Instance;
  onClose: () => void;
}) {
  const t = useTranslations('instances.rebootDialog');
  const reboot = useRebootInstance();
  return (
    <PowerDialog<Way>
      title={t('title', { name })}
      label={t('how')}
      timeLabel={t('timeout')}
      ways={[
        { way: 'soft', kind: true, title: t('soft'), help: t('softHint'), submit: t('submit') },
        { way: 'off', kind: false, title: t('off'), help: t('offHint'), submit: t('submitOff') },
        { way: 'hard', kind: false, title: t('hard'), help: t('hardHint'), submit: t('submitHard') },
      ]}
      pending={reboot.isPending}
      onClose={onClose}
      onSubmit={({ way, timeoutS }) =>
        reboot.mutate({ id, ...wishFor(way, timeoutS) }, { onSettled: onClose })
      }
    />
  );
}

function wishFor(way: Way, timeoutS: number): Partial<InstanceReboot> {
  if (way === 'hard') return { hard: true };
  return { timeoutS: way === 'off' ? 0 : timeoutS };
}
