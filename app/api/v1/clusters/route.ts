import { Cluster, ClusterCreate, ClusterList } from '@/contract/schemas/cluster';
import { route } from '@/server/http/route';
import { createCluster, listClusters } from '@/server/usecases/clusters';

export const GET = route({ access: 'cluster.list', answers: ClusterList })(({ ctx }) => listClusters(ctx));

export const POST = route({ access: 'cluster.update', body: ClusterCreate, answers: Cluster, status: 201 })(
  ({ ctx, body }) => createCluster(ctx, body),
);
