import { clustersQuery } from '@/client/clusters';
import { nodesQuery } from '@/client/nodes';
import { prefetch, Prefetched } from '@/client/prefetched';
import { NodesTable } from '@/components/nodes/NodesTable';
import { parseListQuery } from '@/components/table/list-query';
import { NodeListQuery } from '@/contract/schemas/node';
import { pageActor } from '@/server/auth/page-actor';
import { listClusters } from '@/server/usecases/clusters';
import { listNodes } from '@/server/usecases/nodes';

export default async function NodesPage({ searchParams }: PageProps<'/nodes'>) {
  const ctx = await pageActor();
  const query = parseListQuery(NodeListQuery, await searchParams);
  return (
    <Prefetched
      queries={[
        prefetch(nodesQuery(query), () => listNodes(ctx, query)),
        prefetch(clustersQuery(), () => listClusters(ctx)),
      ]}
    >
      <NodesTable />
    </Prefetched>
  );
}
