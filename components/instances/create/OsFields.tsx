'use client';
import { useTranslations } from 'next-intl';
import { useWatch } from 'react-hook-form';
import { Section } from '@/components/ui/Section';
import { OsChoiceFields } from '../os/OsChoiceFields';
import type { CreatePart } from './create-form';
import { scriptsOn } from './create-values';

export function OsFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const [os, nodeId] = useWatch({ control: form.control, name: ['os', 'nodeId'] });
  return (
    <Section title={t('os')}>
      <OsChoiceFields
        os={os}
        offer={offer}
        scripts={scriptsOn(offer, nodeId)}
        error={form.formState.errors.os?.message}
        onChange={(next) =>
          form.setValue('os', next, { shouldDirty: true, shouldValidate: form.formState.isSubmitted })
        }
      />
    </Section>
  );
}
