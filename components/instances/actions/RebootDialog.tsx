'use client';
import { useTranslations } from 'next-intl';
import { useRebootInstance } from '@/client/instances';
import type { Instance } from '@/contract/schemas/instance';
import { PowerDialog } from './PowerDialog';

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
    <PowerDialog
      title={t('title', { name })}
      texts={{
        how: t('how'),
        soft: t('soft'),
        softHint: t('softHint'),
        hard: t('hard'),
        hardHint: t('hardHint'),
        timeout: t('timeout'),
        submit: t('submit'),
        submitHard: t('submitHard'),
      }}
      pending={reboot.isPending}
      onClose={onClose}
      onSubmit={({ isHard, timeoutS }) =>
        reboot.mutate({ id, hard: isHard, timeoutS: isHard ? undefined : timeoutS }, { onSettled: onClose })
      }
    />
  );
}
