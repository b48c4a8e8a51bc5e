'use client';
import { useTranslations } from 'next-intl';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useGrowDisk } from '@/client/instance-disks';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { SizeField } from '@/components/form/SizeField';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import { formatMiB, limits } from '@/contract/units';
import { grownSizes } from './grown-sizes';

type Props = { instance: Instance; disk: InstanceDisk; onClose: () => void };

export function GrowDisk({ instance: { id, name }, disk, onClose }: Props) {
  const t = useTranslations('machine.disks');
  const { index, sizeMiB } = disk;
  const sizes = grownSizes(sizeMiB);
  const form = useForm({ defaultValues: { newSizeMiB: sizes[0] ?? sizeMiB } });
  const grow = useGrowDisk();
  const wanted = useWatch({ control: form.control, name: 'newSizeMiB' });
  const isLarger = wanted > sizeMiB && wanted <= limits.diskMiB.max;
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('growTitle', { index, name })}
      description={t('growText', { size: formatMiB(sizeMiB) })}
      form={form}
      onSubmit={(values) => grow.mutateAsync({ id, diskId: disk.id, ...values }, { onSuccess: onClose })}
      pending={grow.isPending}
      error={grow.error && asAppError(grow.error)}
      submitLabel={isLarger ? t('growSubmit', { size: formatMiB(wanted) }) : t('growNothing')}
      submitDisabledReason={isLarger ? null : t('larger')}
    >
      <Controller
        control={form.control}
        name="newSizeMiB"
        render={({ field: { value, onChange, onBlur }, fieldState: { error } }) => (
          <Field label={t('newSize')} error={Number.isNaN(value) ? t('sizeInvalid') : error?.message}>
            {(wiring) => (
              <SizeField
                {...wiring}
                valueMiB={value}
                onChange={onChange}
                onBlur={onBlur}
                presetsMiB={sizes}
              />
            )}
          </Field>
        )}
      />
    </SheetForm>
  );
}
