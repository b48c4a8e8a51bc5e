import { prefetch, Prefetched } from '@/client/prefetched';
import { quotasQuery } from '@/client/quotas';
import { AccountView } from '@/components/account/AccountView';
import { pageActor } from '@/server/auth/page-actor';
import { listQuotas } from '@/server/usecases/quotas';

export default async function AccountPage() {
  const ctx = await pageActor();
  const { userId } = ctx.actor;
  return (
    <Prefetched queries={[prefetch(quotasQuery(userId), () => listQuotas(ctx, { id: userId }))]}>
      <AccountView />
    </Prefetched>
  );
}
