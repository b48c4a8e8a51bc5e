'use client';
// Everything that an instance is made of but its disks. Only what was changed is sent.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useModifyInstance } from '@/client/instance-modify';
import { useViewer } from '@/client/session';
import { SheetForm } from '@/components/form/SheetForm';
import { ParamFields } from '@/components/machine/ParamFields';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import type { Instance } from '@/contract/schemas/instance';
import { MachineFields } from './MachineFields';
import { type ModifyValues, toWish, valuesOf, type Wrong } from './modify-values';
import { NicChanges } from './NicChanges';
import { useModifyValues } from './use-modify-values';

export function ModifySheet({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('machine.modify');
  const { isOperator } = useViewer();
  const { id, name, hypervisor } = instance;
  const form = useForm<ModifyValues>({ defaultValues: valuesOf(instance) });
  const [wrong, setWrong] = useState<Wrong[]>([]);
  const modify = useModifyInstance();
  const isRunning = instance.operState === 'running' || instance.operState === 'paused';
  const { wish } = toWish(useModifyValues(form), instance);
  const isUnchanged = wish !== null && Object.keys(wish).length === 0;
  const submit = async (values: ModifyValues) => {
    const asked = toWish(values, instance);
    setWrong(asked.wrong);
    if (asked.wish) await modify.mutateAsync({ id, ...asked.wish }, { onSuccess: onClose });
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name })}
      description={isRunning ? t('textRunning') : undefined}
      form={form}
      onSubmit={submit}
      pending={modify.isPending}
      error={modify.error && asAppError(modify.error)}
      submitLabel={t('submit')}
      submitDisabledReason={isUnchanged ? t('nothing') : null}
    >
      <MachineFields form={form} instance={instance} wrong={wrong} />
      <NicChanges form={form} instance={instance} />
      <section aria-label={t('params')} className="grid gap-2 border-t border-line pt-4">
        <h3 className="font-semibold">{t('params')}</h3>
        <p className="text-sm text-faint">{t('paramsHint')}</p>
        <ParamFields
          {...{ form, hypervisor, isOperator, wrong }}
          at="hvParams"
          own={instance.hvParams}
          inherited={resolveHvParams(hypervisor, { cluster: instance.inheritedHvParams, instance: {} })}
        />
      </section>
    </SheetForm>
  );
}
