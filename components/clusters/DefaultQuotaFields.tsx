'use client';
// What each owner may use who has no limits of their own. The form keeps it under `limits`, where "unlimited" is a word.
import { useTranslations } from 'next-intl';
import { type Control, Controller, type FieldValues, type Path } from 'react-hook-form';
import { type QuotaResource, quotaResources } from '@/contract/schemas/quota';
import { AmountField } from './AmountField';
import { LimitValue } from './limit-value';

type Props<V extends FieldValues, Out> = {
  control: Control<V, unknown, Out>;
  names: Record<QuotaResource, Path<V>>;
  help: string;
};

export const limitNames = {
  instances: 'limits.instances',
  vcpus: 'limits.vcpus',
  memoryMiB: 'limits.memoryMiB',
  diskMiB: 'limits.diskMiB',
} as const;

export function DefaultQuotaFields<V extends FieldValues, Out>({ control, names, help }: Props<V, Out>) {
  const t = useTranslations('clusters');
  return (
    <>
      <div>
        <h3 className="font-semibold">{t('defaultQuota')}</h3>
        <p className="text-sm text-faint">{help}</p>
      </div>
      {quotaResources.map((resource) => (
        <Controller
          key={resource}
          control={control}
          name={names[resource]}
          render={({ field, fieldState }) => (
            <AmountField
              resource={resource}
              value={LimitValue.parse(field.value)}
              onChange={field.onChange}
              error={fieldState.invalid}
            />
          )}
        />
      ))}
    </>
  );
}
