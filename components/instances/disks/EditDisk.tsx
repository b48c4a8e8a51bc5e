'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useForm, useWatch } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useModifyInstance } from '@/client/instance-modify';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { Instance } from '@/contract/schemas/instance';
import { DiskChange } from '@/contract/schemas/instance-actions';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';

type Props = { instance: Instance; disk: InstanceDisk; onClose: () => void };

/** What the disk is called, and whether its guest may write to it. */
export function EditDisk({ instance: { id, name, operState }, disk, onClose }: Props) {
  const t = useTranslations('machine.disks');
  const form = useForm({
    resolver: zodResolver(DiskChange.pick({ name: true, mode: true })),
    defaultValues: { name: disk.name, mode: disk.mode },
  });
  const modify = useModifyInstance();
  const wanted = useWatch({ control: form.control });
  const isUnchanged = (wanted.name ?? null) === disk.name && wanted.mode === disk.mode;
  const isRunning = operState === 'running' || operState === 'paused';
  const { errors } = form.formState;
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('editTitle', { index: disk.index, name })}
      description={isRunning ? t('editRunning') : undefined}
      form={form}
      onSubmit={(values) =>
        modify.mutateAsync({ id, disks: [{ id: disk.id, ...values }] }, { onSuccess: onClose })
      }
      pending={modify.isPending}
      error={modify.error && asAppError(modify.error)}
      submitLabel={t('save')}
      submitDisabledReason={isUnchanged ? t('unchanged') : null}
    >
      <Field label={t('name')} help={t('nameHint')} error={errors.name?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...form.register('name', { setValueAs: emptyToNull })}
            autoComplete="off"
            className="font-mono"
          />
        )}
      </Field>
      <Field label={t('mode')} error={errors.mode?.message}>
        {(wiring) => (
          <Select
            {...wiring}
            {...form.register('mode')}
            options={[
              { value: 'rw', label: t('modeRw') },
              { value: 'ro', label: t('modeRo') },
            ]}
          />
        )}
      </Field>
    </SheetForm>
  );
}

const emptyToNull = (text: string | null) => text || null;
