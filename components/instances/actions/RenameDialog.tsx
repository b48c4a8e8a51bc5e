'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useRenameInstance } from '@/client/instances';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import type { Instance } from '@/contract/schemas/instance';
import { InstanceRename } from '@/contract/schemas/instance-install';

export function RenameDialog({
  instance: { id, name },
  onClose,
}: {
  instance: Instance;
  onClose: () => void;
}) {
  const t = useTranslations('instances.renameDialog');
  const form = useForm({ resolver: zodResolver(InstanceRename), defaultValues: { name } });
  const rename = useRenameInstance();
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name })}
      description={t('text')}
      form={form}
      onSubmit={(values) => rename.mutateAsync({ id, ...values }, { onSuccess: onClose })}
      pending={rename.isPending}
      error={rename.error && asAppError(rename.error)}
      submitLabel={t('submit')}
    >
      <TextField form={form} name="name" label={t('name')} mono autoComplete="off" />
    </SheetForm>
  );
}
