import { Cluster } from '@/contract/schemas/cluster';
import { NodeGroupCreate } from '@/contract/schemas/node-group';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { createNodeGroup } from '@/server/usecases/node-groups';

export const POST = route({
  access: 'nodeGroup.update',
  params: IdInPath,
  body: NodeGroupCreate,
  answers: Cluster,
  status: 201,
})(({ ctx, params, body }) => createNodeGroup(ctx, { ...body, ...params }));
