import { getTranslations } from 'next-intl/server';
import { auditQuery } from '@/client/audit';
import { prefetch, Prefetched } from '@/client/prefetched';
import { AuditTable } from '@/components/audit/AuditTable';
import { parseListQuery } from '@/components/table/list-query';
import { PageHeader } from '@/components/ui/PageHeader';
import { AuditListQuery } from '@/contract/schemas/audit';
import { pageActor } from '@/server/auth/page-actor';
import { listAudit } from '@/server/usecases/audit';

export default async function ActivityPage({ searchParams }: PageProps<'/activity'>) {
  const t = await getTranslations('activity');
  const ctx = await pageActor();
  const query = parseListQuery(AuditListQuery, await searchParams);
  return (
    <Prefetched queries={[prefetch(auditQuery(query), () => listAudit(ctx, query))]}>
      <PageHeader title={t('title')} />
      <AuditTable />
    </Prefetched>
  );
}
