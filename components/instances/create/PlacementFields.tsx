'use client';
import { useTranslations } from 'next-intl';
import { Controller, useWatch } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { CheckboxField } from '@/components/ui/Checkbox';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import type { CreateOffer } from '@/contract/schemas/cluster';
import { formatMiB } from '@/contract/units';
import type { CreateForm, CreatePart } from './create-form';

type Props = CreatePart & { isOperator: boolean; isExceeded: boolean };

/** Where it goes and what happens then. Only operators see nodes, and may exceed a quota on purpose. */
export function PlacementFields({ form, offer, isOperator, isExceeded }: Props) {
  const t = useTranslations('instances.form');
  const exceedQuota = useWatch({ control: form.control, name: 'exceedQuota' });
  return (
    <Section title={offer.nodes ? t('placement') : t('options')}>
      <div className="grid gap-3">
        {offer.nodes && <NodeField form={form} offer={offer} nodes={offer.nodes} />}
        <div>
          <ChoiceField form={form} name="start" label={t('start')} />
          {isOperator && (isExceeded || exceedQuota) && (
            <ChoiceField form={form} name="exceedQuota" label={t('exceed')} help={t('exceedHint')} />
          )}
        </div>
      </div>
    </Section>
  );
}

type Nodes = NonNullable<CreateOffer['nodes']>;

function NodeField({ form, nodes }: CreatePart & { nodes: Nodes }) {
  const t = useTranslations('instances.form');
  const states = useTranslations('states.node');
  const [nodeId, secondaryId, template] = useWatch({
    control: form.control,
    name: ['nodeId', 'secondaryId', 'diskTemplate'],
  });
  const label = ({ name, state, drained, freeMemoryMiB, freeDiskMiB }: Nodes[number]) => {
    if (state !== 'online') return t('nodeUnusable', { name, state: states(state) });
    const disk = formatMiB(freeDiskMiB[template] ?? 0);
    const free = t('nodeOffer', { name, memory: formatMiB(freeMemoryMiB), disk });
    return drained ? `${free} (${states('drained')})` : free;
  };
  const optionsWithout = (otherId: string | undefined) => [
    { value: '', label: t('nodeAutomatic') },
    ...nodes.map((node) => ({
      value: node.id,
      label: label(node),
      disabled: node.state !== 'online' || node.drained || node.id === otherId,
    })),
  ];
  return (
    <>
      <Field label={t('node')} error={form.formState.errors.nodeId?.message}>
        {(wiring) => (
          <Select
            {...wiring}
            value={nodeId ?? ''}
            onChange={({ target }) =>
              form.setValue('nodeId', target.value || undefined, { shouldDirty: true })
            }
            options={optionsWithout(secondaryId)}
          />
        )}
      </Field>
      {template === 'drbd' && (
        <Field label={t('secondary')} error={form.formState.errors.secondaryId?.message}>
          {(wiring) => (
            <Select
              {...wiring}
              value={secondaryId ?? ''}
              onChange={({ target }) =>
                form.setValue('secondaryId', target.value || undefined, { shouldDirty: true })
              }
              options={optionsWithout(nodeId)}
            />
          )}
        </Field>
      )}
    </>
  );
}

type Choice = { form: CreateForm; name: 'start' | 'exceedQuota'; label: string; help?: string };

function ChoiceField({ form, name, label, help }: Choice) {
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field: { value, onChange, onBlur } }) => (
        <CheckboxField
          label={label}
          help={help}
          checked={value ?? false}
          onChange={({ target }) => onChange(target.checked)}
          onBlur={onBlur}
        />
      )}
    />
  );
}
