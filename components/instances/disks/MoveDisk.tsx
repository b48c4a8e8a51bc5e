'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm, useWatch } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { diskTargetsQuery, useMoveDisk } from '@/client/instance-disks';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { Select } from '@/components/ui/Select';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';

type Props = { instance: Instance; disk: InstanceDisk; onClose: () => void };

/** Only instances are offered that the disk can go to as things are. */
export function MoveDisk({ instance: { id, name, owner }, disk, onClose }: Props) {
  const t = useTranslations('machine.disks');
  const form = useForm({ defaultValues: { toInstanceId: '' } });
  const move = useMoveDisk();
  const targets = useQuery(diskTargetsQuery({ id, diskId: disk.id }));
  const toInstanceId = useWatch({ control: form.control, name: 'toInstanceId' });
  const items = targets.data?.items ?? [];
  const chosen = items.find((one) => one.id === toInstanceId);
  const error = move.error ?? targets.error;
  const labelOf = (one: (typeof items)[number]) =>
    one.owner && one.owner.id !== owner?.id
      ? t('moveOwner', { name: one.name, owner: one.owner.name })
      : one.name;
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('moveTitle', { index: disk.index, name })}
      description={t('moveText')}
      form={form}
      onSubmit={(values) => move.mutateAsync({ id, diskId: disk.id, ...values }, { onSuccess: onClose })}
      pending={move.isPending}
      error={error && asAppError(error)}
      submitLabel={chosen ? t('moveSubmitTo', { name: chosen.name }) : t('moveSubmit')}
      submitDisabledReason={chosen ? null : t('moveChoose')}
    >
      <Field label={t('moveTo')} help={targets.data && items.length === 0 ? t('moveNone') : undefined}>
        {(wiring) => (
          <Select
            {...wiring}
            {...form.register('toInstanceId')}
            disabled={targets.isSuccess && items.length === 0}
            options={[
              { value: '', label: t('moveChoose') },
              ...items.map((one) => ({ value: one.id, label: labelOf(one) })),
            ]}
          />
        )}
      </Field>
    </SheetForm>
  );
}
