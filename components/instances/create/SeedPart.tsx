'use client';
// What cloud-init is told; offered where the system is an image.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useWatch } from 'react-hook-form';
import { Section } from '@/components/ui/Section';
import { SeedFields } from '../seed/SeedFields';
import { noTexts, seedOf, wrongWith } from '../seed/seed-texts';
import type { CreatePart } from './create-form';

export function SeedPart({ form }: Pick<CreatePart, 'form'>) {
  const t = useTranslations('instances.seed');
  const [texts, setTexts] = useState(noTexts);
  const { kind } = useWatch({ control: form.control, name: 'os' });
  if (kind !== 'image') return null;
  const errors = form.formState.errors.seed ? wrongWith(texts) : {};
  return (
    <Section title={t('title')} help={t('createHelp')}>
      <div className="grid gap-4">
        <SeedFields
          texts={texts}
          errors={errors}
          onChange={(next) => {
            setTexts(next);
            form.setValue('seed', seedOf(next), {
              shouldDirty: true,
              shouldValidate: form.formState.isSubmitted,
            });
          }}
        />
      </div>
    </Section>
  );
}
