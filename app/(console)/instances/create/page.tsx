import { getTranslations } from 'next-intl/server';
import { createOptionsQuery } from '@/client/create-options';
import { prefetch, Prefetched } from '@/client/prefetched';
import { InstanceCreateForm } from '@/components/instances/create/InstanceCreateForm';
import { PageHeader } from '@/components/ui/PageHeader';
import { pageActor } from '@/server/auth/page-actor';
import { getCreateOptions } from '@/server/usecases/create-options';

export default async function InstanceCreatePage() {
  const t = await getTranslations('instances.form');
  const ctx = await pageActor();
  return (
    <Prefetched queries={[prefetch(createOptionsQuery(), () => getCreateOptions(ctx, {}))]}>
      <PageHeader title={t('title')} />
      <InstanceCreateForm />
    </Prefetched>
  );
}
