import { Cluster, ClusterUpdate } from '@/contract/schemas/cluster';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getCluster, updateCluster } from '@/server/usecases/clusters';

export const GET = route({ access: 'cluster.view', params: IdInPath, answers: Cluster })(({ ctx, params }) =>
  getCluster(ctx, params),
);

export const PATCH = route({
  access: 'cluster.update',
  params: IdInPath,
  body: ClusterUpdate,
  answers: Cluster,
})(({ ctx, params, body }) => updateCluster(ctx, { ...body, ...params }));
