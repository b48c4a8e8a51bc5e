import { redirect } from 'next/navigation';
import { overviewQuery } from '@/client/overview';
import { prefetch, Prefetched } from '@/client/prefetched';
import { OverviewView } from '@/components/overview/OverviewView';
import { pages } from '@/contract/paths';
import { pageActor } from '@/server/auth/page-actor';
import { getOverview } from '@/server/usecases/overview';

export default async function OverviewPage() {
  const ctx = await pageActor();
  // Customers begin with what is theirs.
  if (ctx.actor.role !== 'operator') redirect(pages.instances());
  return (
    <Prefetched queries={[prefetch(overviewQuery(), () => getOverview(ctx))]}>
      <OverviewView />
    </Prefetched>
  );
}
