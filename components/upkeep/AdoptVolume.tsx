'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useForm, useWatch } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useAdoptDisk } from '@/client/instance-disks';
import { instancesQuery } from '@/client/instances';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { Select } from '@/components/ui/Select';
import { InstanceListQuery } from '@/contract/schemas/instance';
import type { Node } from '@/contract/schemas/node';
import type { VolumeView } from '@/contract/schemas/volume';
import { formatMiB } from '@/contract/units';

const offered = (nodeId: string) => InstanceListQuery.parse({ nodeId, pageSize: 100 });

/** A logical volume that somebody else made becomes a disk of an instance whose disks are such volumes on this node. */
export function AdoptVolume({
  node,
  volume,
  onClose,
}: {
  node: Node;
  volume: VolumeView;
  onClose: () => void;
}) {
  const t = useTranslations('upkeep.adopt');
  const { pool: vg, name } = volume;
  const form = useForm({ defaultValues: { instanceId: '' } });
  const adopt = useAdoptDisk();
  const instances = useQuery(instancesQuery(offered(node.id)));
  const instanceId = useWatch({ control: form.control, name: 'instanceId' });
  const items = (instances.data?.items ?? []).filter(({ diskTemplate }) => diskTemplate === 'plain');
  const chosen = items.find(({ id }) => id === instanceId);
  const error = adopt.error ?? instances.error;
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title', { name })}
      description={t('text', { vg, size: formatMiB(volume.sizeMiB) })}
      form={form}
      onSubmit={(values) =>
        adopt.mutateAsync({ id: values.instanceId, adopt: { vg, name } }, { onSuccess: onClose })
      }
      pending={adopt.isPending}
      error={error && asAppError(error)}
      submitLabel={chosen ? t('submitTo', { name: chosen.name }) : t('submit')}
      submitDisabledReason={chosen ? null : t('choose')}
    >
      <Field label={t('to')} help={instances.data && items.length === 0 ? t('none') : undefined}>
        {(wiring) => (
          <Select
            {...wiring}
            {...form.register('instanceId')}
            disabled={instances.isSuccess && items.length === 0}
            options={[
              { value: '', label: t('choose') },
              ...items.map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        )}
      </Field>
    </SheetForm>
  );
}
