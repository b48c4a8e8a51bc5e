'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { Controller, useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useAddDisk } from '@/client/instance-disks';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { SizeField } from '@/components/form/SizeField';
import type { Instance } from '@/contract/schemas/instance';
import { DiskAdd } from '@/contract/schemas/instance-actions';

const firstMiB = 10 * 1024;
const presetsMiB = [1024, 10 * 1024, 20 * 1024, 50 * 1024, 100 * 1024];

export function AddDisk({ instance: { id, name }, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('machine.disks');
  const form = useForm({ resolver: zodResolver(DiskAdd), defaultValues: { sizeMiB: firstMiB } });
  const add = useAddDisk();
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('addTitle', { name })}
      description={t('addText')}
      form={form}
      onSubmit={(values) => add.mutateAsync({ id, ...values }, { onSuccess: onClose })}
      pending={add.isPending}
      error={add.error && asAppError(add.error)}
      submitLabel={t('add')}
    >
      <Controller
        control={form.control}
        name="sizeMiB"
        render={({ field: { value, onChange, onBlur }, fieldState: { error } }) => (
          <Field label={t('size')} error={error && (Number.isNaN(value) ? t('sizeInvalid') : error.message)}>
            {(wiring) => (
              <SizeField
                {...wiring}
                valueMiB={value}
                onChange={onChange}
                onBlur={onBlur}
                presetsMiB={presetsMiB}
              />
            )}
          </Field>
        )}
      />
    </SheetForm>
  );
}
