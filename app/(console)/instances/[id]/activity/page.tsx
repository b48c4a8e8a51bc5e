import { auditQuery } from '@/client/audit';
import { prefetch, Prefetched } from '@/client/prefetched';
import { InstanceActivity } from '@/components/instances/detail/InstanceActivity';
import { parseListQuery } from '@/components/table/list-query';
import { AuditListQuery } from '@/contract/schemas/audit';
import { pageActor } from '@/server/auth/page-actor';
import { listAudit } from '@/server/usecases/audit';

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export default async function InstanceActivityPage({ params, searchParams }: Props) {
  const { id } = await params;
  const ctx = await pageActor();
  const query = { ...parseListQuery(AuditListQuery, await searchParams), instanceId: id };
  return (
    <Prefetched queries={[prefetch(auditQuery(query), () => listAudit(ctx, query))]}>
      <InstanceActivity id={id} />
    </Prefetched>
  );
}
