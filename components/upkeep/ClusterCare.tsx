'use client';
// What a cluster does with new disks, with guests that shut themselves down, and with nodes that fall silent.
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useUpdateCluster } from '@/client/clusters';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { Button } from '@/components/ui/Button';
import { CheckboxField } from '@/components/ui/Checkbox';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import type { Cluster } from '@/contract/schemas/cluster';
import { FenceHook } from '@/contract/schemas/fencing';
import { ClusterDiskParams } from './DiskParamsButton';
import { HvParamsButton } from './HvParamsButton';

export function ClusterCare({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('upkeep.settings');
  const [isOpen, setOpen] = useState(false);
  const yesNo = (value: boolean) => t(value ? 'yes' : 'no');
  const actions = (
    <span className="flex gap-2">
      <ClusterDiskParams cluster={cluster} />
      <HvParamsButton cluster={cluster} />
      <Button size="small" onClick={() => setOpen(true)}>
        {t('edit')}
      </Button>
    </span>
  );
  return (
    <Section title={t('title')} actions={actions}>
      <FactList
        facts={[
          { label: t('wipeDisks'), value: yesNo(cluster.wipeDisks) },
          { label: t('autoRestart'), value: yesNo(cluster.autoRestart) },
          { label: t('userShutdown'), value: yesNo(cluster.userShutdown) },
          {
            label: t('fenceHook'),
            value: cluster.fenceHook ? (
              <span className="font-mono text-[13px]">{cluster.fenceHook}</span>
            ) : (
              <span className="text-faint">{t('fenceHookNone')}</span>
            ),
          },
        ]}
      />
      {isOpen && <CareSheet cluster={cluster} onClose={() => setOpen(false)} />}
    </Section>
  );
}

const Care = z.object({
  wipeDisks: z.boolean(),
  autoRestart: z.boolean(),
  userShutdown: z.boolean(),
  fenceHook: z.union([z.literal(''), FenceHook]),
});
type Care = z.infer<typeof Care>;

function CareSheet({ cluster, onClose }: { cluster: Cluster; onClose: () => void }) {
  const t = useTranslations('upkeep.settings');
  const update = useUpdateCluster();
  const { wipeDisks, autoRestart, userShutdown, fenceHook, fenceHooks } = cluster;
  const form = useForm({
    resolver: zodResolver(Care),
    defaultValues: { wipeDisks, autoRestart, userShutdown, fenceHook: fenceHook ?? '' },
  });
  const submit = async ({ fenceHook: hook, ...flags }: Care) => {
    await update.mutateAsync({ id: cluster.id, ...flags, fenceHook: hook === '' ? null : hook });
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
      error={update.error}
      submitLabel={t('save')}
    >
      {(['wipeDisks', 'autoRestart', 'userShutdown'] as const).map((name) => (
        <Controller
          key={name}
          control={form.control}
          name={name}
          render={({ field }) => (
            <CheckboxField
              label={t(name)}
              help={t(`${name}Help`)}
              checked={field.value}
              onChange={({ target }) => field.onChange(target.checked)}
            />
          )}
        />
      ))}
      <TextField
        form={form}
        name="fenceHook"
        label={t('fenceHook')}
        help={t('fenceHookHelp')}
        mono
        autoComplete="off"
      />
      <p className="text-sm text-faint">
        {fenceHooks.length > 0
          ? t('fenceHookOffered', { names: fenceHooks.join(', ') })
          : t('fenceHookNowhere')}
      </p>
    </SheetForm>
  );
}
