import { notFound } from 'next/navigation';
import { auditQuery } from '@/client/audit';
import { prefetch, Prefetched } from '@/client/prefetched';
import { quotasQuery } from '@/client/quotas';
import { userQuery } from '@/client/users';
import { parseListQuery } from '@/components/table/list-query';
import { UserView } from '@/components/users/UserView';
import { Id } from '@/contract/names';
import { AuditListQuery } from '@/contract/schemas/audit';
import { pageActor } from '@/server/auth/page-actor';
import { listAudit } from '@/server/usecases/audit';
import { listQuotas } from '@/server/usecases/quotas';
import { getUser } from '@/server/usecases/users';

export default async function UserPage({ params, searchParams }: PageProps<'/users/[id]'>) {
  const ctx = await pageActor();
  const parsed = Id.safeParse((await params).id);
  // Customers have the page of their account instead.
  if (!parsed.success || ctx.actor.role !== 'operator') notFound();
  const id = parsed.data;
  const audit = { ...parseListQuery(AuditListQuery, await searchParams), userId: id };
  return (
    <Prefetched
      queries={[
        prefetch(userQuery(id), () => getUser(ctx, { id })),
        prefetch(quotasQuery(id), () => listQuotas(ctx, { id })),
        prefetch(auditQuery(audit), () => listAudit(ctx, audit)),
      ]}
    >
      <UserView id={id} />
    </Prefetched>
  );
}
