'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useCreateCluster } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { Button } from '@/components/ui/Button';
import { pages } from '@/contract/paths';
import { noneAllowed } from '@/contract/schemas/quota';
import { NewCluster } from './cluster-settings';
import { DefaultQuotaFields, limitNames } from './DefaultQuotaFields';
import { toLimits, toOverride } from './limit-value';
import { OfferFields } from './OfferFields';

export function CreateCluster() {
  const t = useTranslations('clusters');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('create')}
      </Button>
      {isOpen && <CreateSheet onClose={() => setOpen(false)} />}
    </>
  );
}

const start: NewCluster = {
  ...{ name: '', hypervisors: ['kvm'], diskTemplates: ['diskless', 'file'] },
  limits: toOverride(noneAllowed),
};

/** Mounted only while it is open, so that every time starts empty. */
function CreateSheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('clusters');
  const router = useRouter();
  const create = useCreateCluster();
  const form = useForm({ resolver: zodResolver(NewCluster), defaultValues: start });
  const submit = async ({ limits, ...values }: NewCluster) => {
    const { id } = await create.mutateAsync({ ...values, defaultQuota: toLimits(limits) });
    onClose();
    router.push(pages.cluster(id));
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('createSheet.title')}
      description={t('createSheet.description')}
      form={form}
      onSubmit={submit}
      pending={create.isPending}
      error={create.error && asAppError(create.error)}
      submitLabel={t('create')}
    >
      <TextField
        form={form}
        name="name"
        mono
        autoFocus
        autoComplete="off"
        spellCheck={false}
        label={t('createSheet.name')}
        help={t('createSheet.nameHelp')}
      />
      <OfferFields
        control={form.control}
        names={{ hypervisors: 'hypervisors', diskTemplates: 'diskTemplates' }}
      />
      <DefaultQuotaFields
        control={form.control}
        names={limitNames}
        help={t('createSheet.defaultQuotaHelp')}
      />
    </SheetForm>
  );
}
