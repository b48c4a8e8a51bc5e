'use client';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { useRemoveInstance } from '@/client/instances';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';

/** Removing asks for the name: what is on the disks is gone afterwards. */
export function RemoveDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('instances.removeDialog');
  const remove = useRemoveInstance();
  const { id, name, status } = instance;
  const isRunning = whyNot('start', status, false) === 'alreadyRunning';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      typedName={name}
      pending={remove.isPending}
      error={remove.error && asAppError(remove.error)}
      onConfirm={() => remove.mutate({ id, confirmName: name }, { onSuccess: onClose })}
    >
      <p>{t('text')}</p>
      {isRunning && <p className="mt-1">{t('running')}</p>}
      {status === 'nodeOffline' && <p className="mt-1">{t('nodeOffline')}</p>}
    </ConfirmDialog>
  );
}
