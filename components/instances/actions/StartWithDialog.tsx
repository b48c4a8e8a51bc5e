'use client';
// A start that boots once from something else, or stands still at first. Nothing of it is kept.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import { useStartInstance } from '@/client/instances';
import { useViewer } from '@/client/session';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { RadioCards } from '@/components/ui/RadioCards';
import { Select } from '@/components/ui/Select';
import type { Instance } from '@/contract/schemas/instance';
import { KernelFields } from './KernelFields';
import { type BootChoice, bootChoices, firstValues, toOverrides } from './start-wish';

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
          <BootCards
            boot={values.boot}
            hasIso={isos.length > 0}
            onChange={(boot) => setChosen({ ...values, boot })}
          />
          {values.boot === 'iso' && (
            <Select
              aria-label={t('iso')}
              value={values.iso}
              onChange={({ target }) => setChosen({ ...values, iso: target.value })}
              options={isos.map((iso) => ({ value: iso, label: iso }))}
            />
          )}
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

type CardsProps = { boot: BootChoice; hasIso: boolean; onChange: (boot: BootChoice) => void };

/** Kernels are files of nodes, which only operators name. */
function BootCards({ boot, hasIso, onChange }: CardsProps) {
  const t = useTranslations('instances.startDialog');
  const { isOperator } = useViewer();
  return (
    <RadioCards
      name="start-boot"
      label={t('boot')}
      value={boot}
      onChange={onChange}
      cards={bootChoices
        .filter((value) => value !== 'kernel' || isOperator)
        .map((value) => ({
          value,
          title: t(`boots.${value}`),
          help: t(`bootHelp.${value}`),
          disabledReason: value === 'iso' && !hasIso ? t('isoMissing') : undefined,
        }))}
    />
  );
}
