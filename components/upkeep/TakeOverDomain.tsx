'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm, useWatch } from 'react-hook-form';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import { useTakeOverDomain } from '@/client/node-upkeep';
import { useViewer } from '@/client/session';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { CheckboxField } from '@/components/ui/Checkbox';
import { Select } from '@/components/ui/Select';
import { InstanceName } from '@/contract/names';
import { DomainTakeOver, type ForeignDomain } from '@/contract/schemas/domain';
import type { Node } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';

type Props = { node: Node; domain: ForeignDomain; onClose: () => void };

/** A machine that runs on the node becomes an instance, while it goes on running. */
export function TakeOverDomain({ node, domain, onClose }: Props) {
  const t = useTranslations('upkeep.takeOver');
  const viewer = useViewer();
  const owners = useQuery(createOptionsQuery({}));
  const takeOver = useTakeOverDomain();
  const form = useForm({
    resolver: zodResolver(DomainTakeOver),
    defaultValues: {
      ...{ name: InstanceName.safeParse(domain.name).data ?? '', ownerId: viewer.id },
      exceedQuota: false,
    },
  });
  const failed = takeOver.error ?? owners.error;
  const error = failed && asAppError(failed);
  const isExceeding = useWatch({ control: form.control, name: 'exceedQuota' });
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name: domain.name })}
      description={t('text')}
      form={form}
      onSubmit={(values) =>
        takeOver.mutateAsync({ id: node.id, domainId: domain.id, ...values }, { onSuccess: onClose })
      }
      pending={takeOver.isPending}
      error={error}
      submitLabel={t('submit')}
    >
      <TextField form={form} name="name" label={t('name')} help={t('nameHelp')} mono autoComplete="off" />
      <Field label={t('owner')} help={t('ownerHelp')} error={form.formState.errors.ownerId?.message}>
        {(wiring) => (
          <Select
            {...wiring}
            {...form.register('ownerId')}
            options={(owners.data?.owners ?? [viewer]).map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
      {(error?.code === 'no_resources' || isExceeding) && (
        <CheckboxField {...form.register('exceedQuota')} label={t('exceed')} help={t('exceedHelp')} />
      )}
      <ul className="divide-y divide-line rounded-md border border-line text-sm">
        {domain.disks.map(({ vdev, volume, sizeMiB, path }) => (
          <li key={vdev} className="flex flex-wrap justify-between gap-x-3 px-3 py-1.5">
            <span className="font-mono text-[12px] break-all">
              {vdev} {volume ? `${volume.vg}/${volume.name}` : path}
            </span>
            {sizeMiB !== null && <span>{formatMiB(sizeMiB)}</span>}
          </li>
        ))}
        {domain.nics.map(({ mac, bridge }) => (
          <li key={mac} className="flex flex-wrap justify-between gap-x-3 px-3 py-1.5">
            <span className="font-mono text-[12px]">{mac}</span>
            <span className="font-mono text-[12px]">{bridge}</span>
          </li>
        ))}
      </ul>
    </SheetForm>
  );
}
