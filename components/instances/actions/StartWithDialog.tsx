'use client';
// A start that boots once from something else, or stands still at first. Nothing of it is kept.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import { useStartInstance } from '@/client/instances';
import { useViewer } from '@/client/session';
import { Field } from '@/components/form/Field';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { Select } from '@/components/ui/Select';
import type { Instance } from '@/contract/schemas/instance';
import { KernelFields } from './KernelFields';
import { bootChoices, firstValues, type StartValues, toOverrides } from './start-wish';

export function StartWithDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('instances.startDialog');
  const { id, name, cluster } = instance;
  const { data } = useQuery(createOptionsQuery());
  const isos = data?.clusters.find((one) => one.cluster.id === cluster.id)?.isos ?? [];
  const [chosen, setChosen] = useState(firstValues);
  const values = { ...chosen, iso: chosen.iso || (isos[0] ?? '') };
  const [paused, setPaused] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const start = useStartInstance({ shownInline: true });
  const submit = () => {
    setChecked(true);
    const once = toOverrides(values);
    if (once) start.mutate({ id, paused, once }, { onSuccess: onClose });
  };
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t(paused ? 'submitPaused' : 'submit')}
      danger={false}
      pending={start.isPending}
      error={start.error && asAppError(start.error)}
      onConfirm={submit}
    >
      <div className="grid gap-3">
        <p>{t('text')}</p>
        <div className="grid gap-3 text-ink">
          <BootFields values={values} isos={isos} onChange={setChosen} />
          {values.boot === 'kernel' && (
            <KernelFields
              values={values}
              isChecked={isChecked}
              onChange={(kernel) => setChosen({ ...values, kernel })}
            />
          )}
          <CheckboxField
            label={t('paused')}
            help={t('pausedHelp')}
            checked={paused}
            onChange={({ target }) => setPaused(target.checked)}
          />
        </div>
      </div>
    </ConfirmDialog>
  );
}

type BootProps = { values: StartValues; isos: string[]; onChange: (values: StartValues) => void };

/** Kernels are files of nodes, which only operators name. */
function BootFields({ values, isos, onChange }: BootProps) {
  const t = useTranslations('instances.startDialog');
  const { isOperator } = useViewer();
  const choices = bootChoices.filter((value) => value !== 'kernel' || isOperator);
  const choose = (wanted: string) => {
    const boot = choices.find((value) => value === wanted);
    if (boot) onChange({ ...values, boot });
  };
  return (
    <>
      <Field label={t('boot')} help={t(`bootHelp.${values.boot}`)}>
        {(wiring) => (
          <Select
            {...wiring}
            value={values.boot}
            onChange={({ target }) => choose(target.value)}
            options={choices.map((value) => {
              const disabled = value === 'iso' && isos.length === 0;
              return { value, disabled, label: disabled ? t('isoMissing') : t(`boots.${value}`) };
            })}
          />
        )}
      </Field>
      {values.boot === 'iso' && (
        <Field label={t('iso')}>
          {(wiring) => (
            <Select
              {...wiring}
              value={values.iso}
              onChange={({ target }) => onChange({ ...values, iso: target.value })}
              options={isos.map((iso) => ({ value: iso, label: iso }))}
            />
          )}
        </Field>
      )}
    </>
  );
}
