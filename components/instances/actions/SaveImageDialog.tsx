'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useSaveImage } from '@/client/images';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ImageSave } from '@/contract/schemas/image';
import type { Instance } from '@/contract/schemas/instance';

export function SaveImageDialog({
  instance: { id, name, cluster },
  onClose,
}: {
  instance: Instance;
  onClose: () => void;
}) {
  const t = useTranslations('instances.saveImageDialog');
  const form = useForm({ resolver: zodResolver(ImageSave), defaultValues: { name, isPublic: false } });
  const save = useSaveImage();
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name })}
      description={t('text', { cluster: cluster.name })}
      form={form}
      onSubmit={(values) => save.mutateAsync({ id, ...values }, { onSuccess: onClose })}
      pending={save.isPending}
      error={save.error && asAppError(save.error)}
      submitLabel={t('submit')}
    >
      <TextField form={form} name="name" label={t('name')} autoComplete="off" />
      <CheckboxField label={t('public')} {...form.register('isPublic')} />
    </SheetForm>
  );
}
