'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useForm } from 'react-hook-form';
import { usePutFile } from '@/client/node-upkeep';
import { Field } from '@/components/form/Field';
import { FormError } from '@/components/form/FormError';
import { TextField } from '@/components/form/TextField';
import { useSubmit } from '@/components/form/use-submit';
import { Button } from '@/components/ui/Button';
import { fieldStyle } from '@/components/ui/Input';
import { NodeFile } from '@/contract/schemas/node-command';

type Props = { nodeIds: string[]; onAccepted: (batchId: string) => void };

export function FileForm({ nodeIds, onAccepted }: Props) {
  const t = useTranslations('upkeep.commands');
  const put = usePutFile();
  const form = useForm({
    resolver: zodResolver(NodeFile),
    defaultValues: { path: '', mode: '0644', content: '' },
  });
  const reason = nodeIds.length === 0 ? t('chooseNode') : null;
  const submit = useSubmit({
    form,
    pending: put.isPending,
    submitDisabledReason: reason,
    onSubmit: async (file) => onAccepted((await put.mutateAsync({ nodeIds, ...file })).batchId),
  });
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <TextField form={form} name="path" label={t('path')} mono autoComplete="off" spellCheck={false} />
      <TextField form={form} name="mode" label={t('mode')} mono autoComplete="off" />
      <Field label={t('content')} help={t('contentHelp')} error={form.formState.errors.content?.message}>
        {(wiring) => (
          <textarea
            {...wiring}
            {...form.register('content')}
            rows={8}
            spellCheck={false}
            className={`${fieldStyle} h-auto! py-2 font-mono text-[13px]`}
          />
        )}
      </Field>
      <FormError error={put.error} form={form} />
      <div>
        <Button type="submit" look="primary" pending={put.isPending} disabledReason={reason}>
          {t('put', { count: nodeIds.length })}
        </Button>
      </div>
    </form>
  );
}
