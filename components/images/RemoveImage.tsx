'use client';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { useRemoveImage } from '@/client/images';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Image } from '@/contract/schemas/image';

/** Says what was made from it, which stays. */
export function RemoveImage({ image, onClose }: { image: Image; onClose: () => void }) {
  const t = useTranslations('images.removeDialog');
  const remove = useRemoveImage();
  const { total, names } = image.usedBy;
  const more = total > names.length ? t('andMore') : '';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name: image.name })}
      verb={t('submit')}
      pending={remove.isPending}
      error={remove.error && asAppError(remove.error)}
      onConfirm={() => remove.mutate({ id: image.id }, { onSuccess: onClose })}
    >
      <p>{t('text')}</p>
      <p className="mt-1">
        {total === 0 ? t('unused') : t('used', { total, names: names.join(', '), more })}
      </p>
    </ConfirmDialog>
  );
}
