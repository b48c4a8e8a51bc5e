'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useForm, useWatch } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useCreateInstance } from '@/client/instances';
import { useViewer } from '@/client/session';
import { PageForm } from '@/components/form/PageForm';
import { pages } from '@/contract/paths';
import type { CreateOffer, CreateOptions } from '@/contract/schemas/cluster';
import { InstanceCreate, type InstanceCreateInput } from '@/contract/schemas/instance';
import type { CreateForm } from './create-form';
import { firstValues, offerFor, valuesOnCluster } from './create-values';
import { CreateSummary } from './CreateSummary';
import { DiskFields } from './DiskFields';
import { HardwareFields } from './HardwareFields';
import { IdentityFields } from './IdentityFields';
import { NicFields } from './NicFields';
import { OsFields } from './OsFields';
import { PlacementFields } from './PlacementFields';
import { costOf, projectQuota } from './quota-projection';
import { SeedPart } from './SeedPart';

type Props = { options: CreateOptions; first: CreateOffer; onOwner: (ownerId: string) => void };

export function CreateFields({ options, first, onOwner }: Props) {
  const t = useTranslations('instances.form');
  const router = useRouter();
  const create = useCreateInstance();
  const { isOperator } = useViewer();
  const form: CreateForm = useForm<InstanceCreateInput, unknown, InstanceCreate>({
    resolver: zodResolver(InstanceCreate),
    defaultValues: firstValues(first),
    mode: 'onTouched',
  });
  const values = useWatch({ control: form.control, compute: (all: InstanceCreateInput) => all });
  const offer = options.clusters.find(({ cluster }) => cluster.id === values.clusterId) ?? first;
  const isExceeded = projectQuota(offer.quota, costOf(values, offer.quota.policy)).some(
    ({ excess }) => excess > 0,
  );
  const submitDisabledReason = whyNoSubmit();

  function whyNoSubmit(): string | null {
    if (offer.hypervisors.length === 0) return t('noOffer', { cluster: offer.cluster.name });
    return isExceeded && !values.exceedQuota ? t('quotaExceeded') : null;
  }

  const moveTo = (clusterId: string) => {
    const next = options.clusters.find(({ cluster }) => cluster.id === clusterId);
    if (next)
      form.reset(valuesOnCluster(form.getValues(), next), { keepDefaultValues: true, keepDirty: true });
  };
  const submit = async (wish: InstanceCreate) => {
    const { instanceId, jobId } = await create.mutateAsync({
      ...wish,
      // What was entered before another system was chosen.
      seed: wish.os.kind === 'image' ? wish.seed : null,
    });
    router.push(instanceId ? pages.instance(instanceId) : pages.job(jobId));
  };

  return (
    <PageForm
      form={form}
      onSubmit={submit}
      pending={create.isPending || create.isSuccess}
      error={create.error && asAppError(create.error)}
      submitLabel={t('submit')}
      submitDisabledReason={submitDisabledReason}
      cancelHref={pages.instances()}
      summary={<CreateSummary values={values} offer={offer} />}
    >
      <IdentityFields form={form} offer={offer} options={options} onOwner={onOwner} onCluster={moveTo} />
      <OsFields form={form} offer={offer} />
      <SeedPart form={form} />
      <HardwareFields form={form} offer={offer} />
      <DiskFields form={form} offer={offer} />
      <NicFields form={form} offer={offerFor(offer, values.hypervisor ?? 'kvm')} />
      <PlacementFields form={form} offer={offer} isOperator={isOperator} isExceeded={isExceeded} />
    </PageForm>
  );
}
