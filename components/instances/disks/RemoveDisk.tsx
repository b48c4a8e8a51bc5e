'use client';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { useRemoveDisk } from '@/client/instance-disks';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';

type Props = { instance: Instance; disk: InstanceDisk; onClose: () => void };

/** What is typed names the disk too, so that the wrong one is not removed by habit. */
export function RemoveDisk({ instance: { id, name }, disk: { id: diskId, index }, onClose }: Props) {
  const t = useTranslations('machine.disks');
  const remove = useRemoveDisk();
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('removeTitle', { index, name })}
      verb={t('removeSubmit')}
      typedName={`${name}/disk${index}`}
      pending={remove.isPending}
      error={remove.error && asAppError(remove.error)}
      onConfirm={() => remove.mutate({ id, diskId }, { onSuccess: onClose })}
    >
      <p>{t('removeText')}</p>
      {index === 0 && <p className="mt-1 text-attention">{t('removeFirst')}</p>}
    </ConfirmDialog>
  );
}
