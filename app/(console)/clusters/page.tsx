import { notFound } from 'next/navigation';
import { clustersQuery } from '@/client/clusters';
import { prefetch, Prefetched } from '@/client/prefetched';
import { ClustersTable } from '@/components/clusters/ClustersTable';
import { pageActor } from '@/server/auth/page-actor';
import { listClusters } from '@/server/usecases/clusters';

export default async function ClustersPage() {
  const ctx = await pageActor();
  // Customers may list the names of clusters, for creating; this page is about their capacity and settings.
  if (ctx.actor.role !== 'operator') notFound();
  return (
    <Prefetched queries={[prefetch(clustersQuery(), () => listClusters(ctx))]}>
      <ClustersTable />
    </Prefetched>
  );
}
