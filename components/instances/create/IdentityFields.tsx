'use client';
import { useTranslations } from 'next-intl';
import { useWatch } from 'react-hook-form';
import { useViewer } from '@/client/session';
import { Field } from '@/components/form/Field';
import { Input } from '@/components/ui/Input';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import type { CreateOptions } from '@/contract/schemas/cluster';
import type { CreatePart } from './create-form';

type Props = CreatePart & {
  options: CreateOptions;
  onOwner: (ownerId: string) => void;
  onCluster: (clusterId: string) => void;
};

export function IdentityFields({ form, offer, options, onOwner, onCluster }: Props) {
  const t = useTranslations('instances.form');
  const viewer = useViewer();
  const ownerId = useWatch({ control: form.control, name: 'ownerId' });
  const { errors } = form.formState;
  return (
    <Section title={t('identity')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <Field label={t('name')} help={t('nameHint')} error={errors.name?.message}>
            {(wiring) => (
              <Input
                {...wiring}
                {...form.register('name')}
                mono
                autoFocus
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                className="sm:max-w-md"
              />
            )}
          </Field>
        </div>
        {options.owners.length > 1 && (
          <Field label={t('owner')} error={errors.ownerId?.message}>
            {(wiring) => (
              <Select
                {...wiring}
                value={ownerId ?? viewer.id}
                options={options.owners.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={({ target }) => {
                  form.setValue('ownerId', target.value, { shouldDirty: true, shouldTouch: true });
                  onOwner(target.value);
                }}
              />
            )}
          </Field>
        )}
        {options.clusters.length > 1 && (
          <Field label={t('cluster')} error={errors.clusterId?.message}>
            {(wiring) => (
              <Select
                {...wiring}
                value={offer.cluster.id}
                options={options.clusters.map(({ cluster }) => ({ value: cluster.id, label: cluster.name }))}
                onChange={({ target }) => onCluster(target.value)}
              />
            )}
          </Field>
        )}
      </div>
    </Section>
  );
}
