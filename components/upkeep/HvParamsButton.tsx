'use client';
// What a cluster sets for the machines of its instances, for each hypervisor, and how they move.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useUpdateCluster } from '@/client/clusters';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { ParamFields } from '@/components/machine/ParamFields';
import { Button } from '@/components/ui/Button';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import type { Cluster } from '@/contract/schemas/cluster';
import { inheritedNames } from '@/contract/schemas/cluster-hv-params';
import { defaultsOf } from '@/contract/schemas/hv-kinds';
import { defaultMigrationLimits } from '@/contract/schemas/hv-params';
import {
  type HvParamValues,
  limitNames,
  refusedKind,
  toClusterParams,
  toValues,
  type Wrong,
} from './hv-param-values';

const nothing: Wrong = { limits: [], kinds: [] };

export function HvParamsButton({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('upkeep.hvParams');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('button')}
      </Button>
      {isOpen && <ParamsSheet cluster={cluster} onClose={() => setOpen(false)} />}
    </>
  );
}

const limitHelp = { migrationBandwidthMiBs: 'perSecond', migrationDowntimeMs: 'milliseconds' } as const;

function ParamsSheet({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const t = useTranslations('upkeep.hvParams');
  const kinds = useTranslations('states.hypervisor');
  const update = useUpdateCluster();
  const form = useForm<HvParamValues>({ defaultValues: toValues(cluster.hvParams) });
  const [kind, setKind] = useState<HypervisorKind>(cluster.hypervisors[0] ?? 'kvm');
  const [wrong, setWrong] = useState<Wrong>(nothing);
  const submit = async (values: HvParamValues) => {
    const asked = toClusterParams(values);
    setWrong(asked.wrong ?? nothing);
    const [first] = asked.wrong?.kinds ?? [];
    if (first && !asked.wrong?.kinds.some((one) => one.kind === kind)) setKind(first.kind);
    if (!asked.hvParams) return;
    const onError = (error: unknown) => setKind(refusedKind(error) ?? kind);
    await update.mutateAsync({ id: cluster.id, hvParams: asked.hvParams }, { onSuccess: onClose, onError });
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name: cluster.name })}
      description={t('text')}
      form={form}
      onSubmit={submit}
      pending={update.isPending}
      error={update.error}
      submitLabel={t('save')}
    >
      {cluster.hypervisors.length > 1 && (
        <Field label={t('hypervisor')}>
          {(wiring) => (
            <Select
              {...wiring}
              value={kind}
              onChange={({ target }) => setKind(HypervisorKind.parse(target.value))}
              options={cluster.hypervisors.map((value) => ({ value, label: kinds(value) }))}
            />
          )}
        </Field>
      )}
      <section aria-label={t('machines', { hypervisor: kinds(kind) })} className="grid gap-2">
        <h3 className="font-semibold">{t('machines', { hypervisor: kinds(kind) })}</h3>
        <p className="text-sm text-faint">{t('hint')}</p>
        <ParamFields
          key={kind}
          {...{ form, hypervisor: kind }}
          at={`hvParams.kinds.${kind}`}
          own={cluster.hvParams.kinds[kind] ?? {}}
          inherited={defaultsOf(kind)}
          isOperator
          wrong={wrong.kinds.find((one) => one.kind === kind)?.names ?? []}
          names={inheritedNames}
        />
      </section>
      <section aria-label={t('migration')} className="grid gap-3 border-t border-line pt-4">
        <h3 className="font-semibold">{t('migration')}</h3>
        {limitNames.map((name) => (
          <Field
            key={name}
            label={t(name)}
            help={t(limitHelp[name], { value: defaultMigrationLimits[name] })}
            error={wrong.limits.includes(name) ? t('invalid') : undefined}
          >
            {(wiring) => (
              <Input
                {...wiring}
                {...form.register(`hvParams.${name}`)}
                inputMode="numeric"
                autoComplete="off"
                placeholder={String(defaultMigrationLimits[name])}
              />
            )}
          </Field>
        ))}
      </section>
    </SheetForm>
  );
}
