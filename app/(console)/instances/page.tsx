import { getTranslations } from 'next-intl/server';
import { instancesQuery } from '@/client/instances';
import { prefetch, Prefetched } from '@/client/prefetched';
import { InstancesTable } from '@/components/instances/list/InstancesTable';
import { parseListQuery } from '@/components/table/list-query';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import { InstanceListQuery } from '@/contract/schemas/instance';
import { pageActor } from '@/server/auth/page-actor';
import { listInstances } from '@/server/usecases/instances';

type Props = { searchParams: Promise<Record<string, string | string[]>> };

export default async function InstancesPage({ searchParams }: Props) {
  const t = await getTranslations('instances');
  const ctx = await pageActor();
  const query = parseListQuery(InstanceListQuery, await searchParams);
  return (
    <Prefetched queries={[prefetch(instancesQuery(query), () => listInstances(ctx, query))]}>
      <PageHeader
        title={t('title')}
        actions={
          <ButtonLink look="primary" href={pages.instanceCreate()}>
            {t('create')}
          </ButtonLink>
        }
      />
      <InstancesTable />
    </Prefetched>
  );
}
