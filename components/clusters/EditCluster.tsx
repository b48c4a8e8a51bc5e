'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useUpdateCluster } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { SheetForm } from '@/components/form/SheetForm';
import { Button } from '@/components/ui/Button';
import { RadioCards } from '@/components/ui/RadioCards';
import type { Cluster } from '@/contract/schemas/cluster';
import { QuotaPolicy } from '@/contract/schemas/quota';
import { ClusterSettings } from './cluster-settings';
import { DefaultQuotaFields, limitNames } from './DefaultQuotaFields';
import { toLimits, toOverride } from './limit-value';
import { NetworkFields } from './NetworkFields';
import { OfferFields } from './OfferFields';

export function EditCluster({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('edit')}
      </Button>
      {isOpen && <EditSheet cluster={cluster} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditSheet({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const t = useTranslations('clusters');
  const update = useUpdateCluster();
  const { hypervisors, diskTemplates, bridges, userNetwork, quotaPolicy, defaultQuota } = cluster;
  const form = useForm({
    resolver: zodResolver(ClusterSettings),
    defaultValues: {
      ...{ hypervisors, diskTemplates, bridges, userNetwork, quotaPolicy },
      limits: toOverride(defaultQuota),
    },
  });
  const submit = async ({ limits, ...settings }: ClusterSettings) => {
    await update.mutateAsync({ id: cluster.id, ...settings, defaultQuota: toLimits(limits) });
    onClose();
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('editTitle', { name: cluster.name })}
      form={form}
      onSubmit={submit}
      pending={update.isPending}
      error={update.error && asAppError(update.error)}
      submitLabel={t('save')}
    >
      <OfferFields
        control={form.control}
        names={{ hypervisors: 'hypervisors', diskTemplates: 'diskTemplates' }}
      />
      <NetworkFields control={form.control} nodeBridges={cluster.nodeBridges} />
      <div className="grid gap-1">
        <span className="font-medium">{t('policy')}</span>
        <Controller
          control={form.control}
          name="quotaPolicy"
          render={({ field }) => (
            <RadioCards
              name={field.name}
              label={t('policy')}
              value={field.value}
              onChange={field.onChange}
              cards={QuotaPolicy.options.map((value) => ({
                value,
                title: t(`policies.${value}`),
                help: t(`policies.${value}Help`),
              }))}
            />
          )}
        />
      </div>
      <DefaultQuotaFields control={form.control} names={limitNames} help={t('defaultQuotaHelp')} />
    </SheetForm>
  );
}
