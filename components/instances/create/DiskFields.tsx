'use client';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Controller, useFieldArray, useWatch } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { SizeField } from '@/components/form/SizeField';
import { useFieldMessage } from '@/components/form/use-field-message';
import { Button } from '@/components/ui/Button';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import { limits } from '@/contract/units';
import type { CreatePart } from './create-form';
import { withDiskTemplate } from './create-values';

const addedMiB = 10 * 1024;
const presetsMiB = [1024, 10 * 1024, 20 * 1024, 50 * 1024];

export function DiskFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'disks' });
  const followTemplate = () => {
    const { diskTemplate } = withDiskTemplate(form.getValues(), offer);
    form.setValue('diskTemplate', diskTemplate);
    if (diskTemplate !== 'drbd') form.setValue('secondaryId', undefined);
    if (form.formState.isSubmitted) void form.trigger('disks');
  };
  const isFull = fields.length >= limits.disks;
  const say = useFieldMessage();
  const ofAll = form.formState.errors.disks;
  const problem = ofAll?.root?.message ?? ofAll?.message;

  return (
    <Section
      title={t('disks')}
      actions={
        <Button
          size="small"
          disabledReason={isFull ? t('mostDisks', { count: limits.disks }) : null}
          onClick={() => {
            append({ sizeMiB: addedMiB });
            followTemplate();
          }}
        >
          <Plus aria-hidden />
          {t('addDisk')}
        </Button>
      }
    >
      <div className="grid gap-3">
        {fields.length === 0 && <p className="text-soft">{t('noDisks')}</p>}
        {fields.map(({ id }, index) => (
          <DiskRow
            key={id}
            form={form}
            offer={offer}
            index={index}
            onRemove={() => {
              remove(index);
              followTemplate();
            }}
          />
        ))}
        {problem && (
          <p role="alert" className="text-sm text-broken">
            {say(problem)}
          </p>
        )}
        <TemplateField form={form} offer={offer} />
      </div>
    </Section>
  );
}

function DiskRow({ form, offer, index, onRemove }: CreatePart & { index: number; onRemove: () => void }) {
  const t = useTranslations('instances.form');
  const template = useWatch({ control: form.control, name: 'diskTemplate' });
  const largestMiB = offer.largestDiskMiB[template] ?? 0;
  return (
    <div className="flex items-start gap-2">
      <Controller
        control={form.control}
        name={`disks.${index}.sizeMiB`}
        render={({ field: { value, onChange, onBlur }, fieldState: { error } }) => (
          <Field
            label={t('disk', { index })}
            error={error && (Number.isNaN(value) ? t('sizeInvalid') : error.message)}
          >
            {(wiring) => (
              <SizeField
                {...wiring}
                valueMiB={value}
                onChange={onChange}
                onBlur={onBlur}
                presetsMiB={presetsMiB.filter((size) => size <= largestMiB)}
              />
            )}
          </Field>
        )}
      />
      <Button
        look="quiet"
        size="icon"
        aria-label={t('removeDisk', { index })}
        tooltip={t('removeDisk', { index })}
        onClick={onRemove}
        className="mt-6 ml-auto"
      >
        <X aria-hidden />
      </Button>
    </div>
  );
}

/** Only where there is a choice; that an instance has no disk follows from the list above. */
function TemplateField({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const templateNames = useTranslations('states.diskTemplate');
  const current = useWatch({ control: form.control, name: 'diskTemplate' });
  const templates = offer.diskTemplates.filter((template) => template !== 'diskless');
  if (templates.length < 2 || current === 'diskless') return null;
  return (
    <Field label={t('diskTemplate')} error={form.formState.errors.diskTemplate?.message}>
      {(wiring) => (
        <Select
          {...wiring}
          {...form.register('diskTemplate', {
            onChange: ({ target }) => {
              if (target.value !== 'drbd') form.setValue('secondaryId', undefined);
            },
          })}
          className="sm:w-48!"
          options={templates.map((value) => ({ value, label: templateNames(value) }))}
        />
      )}
    </Field>
  );
}
