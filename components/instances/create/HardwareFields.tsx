'use client';
import { useTranslations } from 'next-intl';
import { Controller } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { SizeField } from '@/components/form/SizeField';
import { NumberField } from '@/components/ui/NumberField';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import { limits } from '@/contract/units';
import type { CreatePart } from './create-form';
import { nicsOn, offerFor } from './create-values';

const presetsMiB = [512, 1024, 2048, 4096, 8192];

export function HardwareFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const hypervisors = useTranslations('states.hypervisor');
  const chooseNetworks = () => {
    const { hypervisor = 'kvm', nics } = form.getValues();
    form.setValue('nics', nicsOn(nics, offerFor(offer, hypervisor)));
  };
  return (
    <Section title={t('hardware')}>
      <div className="grid gap-4">
        <Controller
          control={form.control}
          name="vcpus"
          render={({ field: { ref: _ref, ...field }, fieldState }) => (
            <Field
              label={t('vcpus')}
              help={t('vcpusHint', { count: offer.mostVcpus })}
              error={fieldState.error && t('vcpusInvalid', { max: limits.vcpus.max })}
            >
              {(wiring) => (
                <NumberField
                  {...wiring}
                  {...field}
                  min={limits.vcpus.min}
                  max={limits.vcpus.max}
                  stepLabels={{ less: t('fewerVcpus'), more: t('moreVcpus') }}
                />
              )}
            </Field>
          )}
        />
        <Controller
          control={form.control}
          name="memoryMiB"
          render={({ field: { value, onChange, onBlur }, fieldState: { error } }) => (
            <Field
              label={t('memory')}
              help={t('sizeHint')}
              error={error && (Number.isNaN(value) ? t('sizeInvalid') : error.message)}
            >
              {(wiring) => (
                <SizeField
                  {...wiring}
                  valueMiB={value}
                  onChange={onChange}
                  onBlur={onBlur}
                  presetsMiB={presetsMiB.filter((size) => size <= offer.largestMemoryMiB)}
                />
              )}
            </Field>
          )}
        />
        {offer.hypervisors.length > 1 && (
          <Field label={t('hypervisor')} error={form.formState.errors.hypervisor?.message}>
            {(wiring) => (
              <Select
                {...wiring}
                {...form.register('hypervisor', { onChange: chooseNetworks })}
                className="sm:w-48!"
                options={offer.hypervisors.map((value) => ({ value, label: hypervisors(value) }))}
              />
            )}
          </Field>
        )}
      </div>
    </Section>
  );
}
