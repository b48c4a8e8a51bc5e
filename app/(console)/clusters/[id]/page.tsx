import { notFound } from 'next/navigation';
import { clusterQuery } from '@/client/clusters';
import { prefetch, Prefetched } from '@/client/prefetched';
import { ClusterView } from '@/components/clusters/ClusterView';
import { Id } from '@/contract/names';
import { pageActor } from '@/server/auth/page-actor';
import { getCluster } from '@/server/usecases/clusters';

export default async function ClusterPage({ params }: PageProps<'/clusters/[id]'>) {
  const ctx = await pageActor();
  const parsed = Id.safeParse((await params).id);
  if (!parsed.success) notFound();
  const id = parsed.data;
  return (
    <Prefetched queries={[prefetch(clusterQuery(id), () => getCluster(ctx, { id }))]}>
      <ClusterView id={id} />
    </Prefetched>
  );
}
