'use client';
import { useTranslations } from 'next-intl';
import { useWatch } from 'react-hook-form';
import { Section } from '@/components/ui/Section';
import { OsChoiceFields } from '../os/OsChoiceFields';
import type { CreatePart } from './create-form';
import type { OsChoice } from '@/contract/schemas/instance';
import { leastDiskMiB, scriptsOn } from './create-values';

export function OsFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const [os, nodeId] = useWatch({ control: form.control, name: ['os', 'nodeId'] });
  const set = { shouldDirty: true, shouldValidate: form.formState.isSubmitted };
  const choose = (next: OsChoice) => {
    form.setValue('os', next, set);
    const needed = leastDiskMiB(next, offer);
    const [first] = form.getValues('disks');
    if (first && first.sizeMiB < needed) form.setValue('disks.0.sizeMiB', needed, set);
  };
  return (
    <Section title={t('os')}>
      <OsChoiceFields
        os={os}
        offer={offer}
        scripts={scriptsOn(offer, nodeId)}
        error={form.formState.errors.os?.message}
        onChange={choose}
      />
    </Section>
  );
}
