'use client';
import { useTranslations } from 'next-intl';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { SizeField } from '@/components/form/SizeField';
import { CheckboxField } from '@/components/ui/Checkbox';
import { NumberField } from '@/components/ui/NumberField';
import type { Instance } from '@/contract/schemas/instance';
import { formatMiB, limits } from '@/contract/units';
import { type ModifyValues, runtimeRange, type Wrong } from './modify-values';
import { useModifyValues } from './use-modify-values';

type Part = { form: UseFormReturn<ModifyValues>; instance: Instance };

const presetsMiB = [512, 1024, 2048, 4096, 8192];

export function MachineFields({ form, instance, wrong }: Part & { wrong: readonly Wrong[] }) {
  const t = useTranslations('machine.modify');
  const { errors } = form.formState;
  const problem = (name: 'vcpus' | 'memoryMiB' | 'minMemoryMiB', text: string) =>
    wrong.includes(name) ? text : errors[name]?.message;
  return (
    <fieldset className="grid gap-4">
      <legend className="mb-3 font-semibold">{t('processor')}</legend>
      <Controller
        control={form.control}
        name="vcpus"
        render={({ field: { ref: _ref, ...field } }) => (
          <Field label={t('vcpus')} error={problem('vcpus', t('vcpusInvalid'))}>
            {(wiring) => (
              <NumberField
                {...wiring}
                {...field}
                {...limits.vcpus}
                stepLabels={{ less: t('fewer'), more: t('more') }}
              />
            )}
          </Field>
        )}
      />
      <MemoryField
        form={form}
        name="memoryMiB"
        label={t('memory')}
        error={problem('memoryMiB', t('memoryInvalid'))}
      />
      <MemoryField
        form={form}
        name="minMemoryMiB"
        label={t('minMemory')}
        help={t('minMemoryHint')}
        error={problem('minMemoryMiB', t('minMemoryInvalid'))}
      />
      <RuntimeMemory form={form} instance={instance} />
    </fieldset>
  );
}

type MemoryProps = {
  form: UseFormReturn<ModifyValues>;
  name: 'memoryMiB' | 'minMemoryMiB';
  label: string;
  help?: string;
  error: string | undefined;
};

/** Where the least is all of it, it stays so when all of it changes. */
function MemoryField({ form, name, label, help, error }: MemoryProps) {
  const follow = (sizeMiB: number) => {
    const { memoryMiB, minMemoryMiB } = form.getValues();
    if (name === 'memoryMiB' && minMemoryMiB === memoryMiB) form.setValue('minMemoryMiB', sizeMiB);
    form.setValue(name, sizeMiB, { shouldDirty: true });
  };
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field: { value, onBlur } }) => (
        <Field label={label} help={help} error={error}>
          {(wiring) => (
            <SizeField
              {...wiring}
              valueMiB={value}
              onChange={follow}
              onBlur={onBlur}
              presetsMiB={presetsMiB}
            />
          )}
        </Field>
      )}
    />
  );
}

/** Only while it runs. */
function RuntimeMemory({ form, instance }: Part) {
  const t = useTranslations('machine.modify');
  const values = useModifyValues(form);
  const range = runtimeRange(instance, values);
  const wanted = values.runtimeMemoryMiB;
  if (instance.operState !== 'running' && instance.operState !== 'paused') return null;
  if (!range) return <p className="text-sm text-faint">{t('runtimeRange')}</p>;
  const set = (runtimeMemoryMiB: number | null) =>
    form.setValue('runtimeMemoryMiB', runtimeMemoryMiB, { shouldDirty: true });
  const help = t('runtimeHint', { min: formatMiB(range.min), max: formatMiB(range.max) });
  return (
    <div className="grid gap-2">
      <CheckboxField
        label={t('runtime')}
        help={help}
        checked={wanted !== null}
        onChange={({ target }) => set(target.checked ? range.max : null)}
      />
      {wanted !== null && (
        <div className="flex items-center gap-3 pl-5">
          <input
            type="range"
            aria-label={t('runtimeLabel')}
            aria-valuetext={formatMiB(wanted)}
            min={range.min}
            max={range.max}
            step={Math.max(1, Math.min(64, Math.floor((range.max - range.min) / 8)))}
            value={wanted}
            onChange={({ target }) => set(Number(target.value))}
            className="min-w-0 flex-1 accent-accent"
          />
          <span className="w-20 text-right">{formatMiB(wanted)}</span>
        </div>
      )}
    </div>
  );
}
