'use client';
import { useTranslations } from 'next-intl';
import { type Control, Controller, type FieldValues, type Path } from 'react-hook-form';
import { z } from 'zod';
import { DiskTemplate } from '@/contract/schemas/disk';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { ChoiceField } from './ChoiceField';

/** Which hypervisors and disk templates a cluster offers. The form names them `hypervisors` and `diskTemplates`. */
export function OfferFields<V extends FieldValues, Out>({
  control,
  names,
}: {
  control: Control<V, unknown, Out>;
  names: { hypervisors: Path<V>; diskTemplates: Path<V> };
}) {
  const t = useTranslations('clusters');
  const states = useTranslations('states');
  return (
    <>
      <Controller
        control={control}
        name={names.hypervisors}
        render={({ field, fieldState }) => (
          <ChoiceField
            label={t('hypervisors')}
            options={HypervisorKind.options.map((value) => ({ value, label: states(`hypervisor.${value}`) }))}
            values={z.array(HypervisorKind).parse(field.value)}
            onChange={field.onChange}
            error={fieldState.error && t('chooseOne')}
          />
        )}
      />
      <Controller
        control={control}
        name={names.diskTemplates}
        render={({ field, fieldState }) => (
          <ChoiceField
            label={t('diskTemplates')}
            options={DiskTemplate.options.map((value) => ({
              value,
              label: states(`diskTemplate.${value}`),
            }))}
            values={z.array(DiskTemplate).parse(field.value)}
            onChange={field.onChange}
            error={fieldState.error && t('chooseOne')}
          />
        )}
      />
    </>
  );
}
