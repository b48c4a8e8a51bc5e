'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { clusterQuery } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { useUpdateQuota } from '@/client/quotas';
import { AmountField } from '@/components/clusters/AmountField';
import { SheetForm } from '@/components/form/SheetForm';
import { formatAmount } from '@/components/quotas/format-amount';
import { Button } from '@/components/ui/Button';
import { type Quota, QuotaOverride, quotaResources } from '@/contract/schemas/quota';
import { QuotaNote } from './QuotaNote';

export function EditQuota({ quota }: { quota: Quota }) {
  const t = useTranslations('users.quota');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        aria-label={t('changeOf', { cluster: quota.cluster.name })}
        onClick={() => setOpen(true)}
      >
        {t('change')}
      </Button>
      {isOpen && <EditSheet quota={quota} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditSheet({ quota, onClose }: { quota: Quota; onClose: () => void }) {
  const t = useTranslations('users.quota');
  const words = useTranslations('clusters.amount');
  const { owner, cluster, override, resources } = quota;
  const { data: defaults } = useQuery(clusterQuery(cluster.id));
  const update = useUpdateQuota();
  const form = useForm({ resolver: zodResolver(QuotaOverride), defaultValues: override });
  const typed = useWatch({ control: form.control });
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { cluster: cluster.name })}
      description={t('description')}
      form={form}
      onSubmit={async (values) => {
        await update.mutateAsync({ userId: owner.id, clusterId: cluster.id, override: values });
        onClose();
      }}
      pending={update.isPending}
      error={update.error && asAppError(update.error)}
      submitLabel={t('save')}
    >
      {quotaResources.map((resource) => {
        const limit = defaults?.defaultQuota[resource];
        const inherited =
          limit === null || limit === undefined ? words('unlimited') : formatAmount(resource, limit);
        return (
          <div key={resource} className="grid gap-1">
            <Controller
              control={form.control}
              name={resource}
              render={({ field, fieldState }) => (
                <AmountField
                  resource={resource}
                  value={field.value}
                  onChange={field.onChange}
                  inherited={inherited}
                  error={fieldState.invalid}
                />
              )}
            />
            <QuotaNote resource={resource} line={resources[resource]} value={typed[resource]} />
          </div>
        );
      })}
    </SheetForm>
  );
}
