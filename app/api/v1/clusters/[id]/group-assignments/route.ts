import { Cluster } from '@/contract/schemas/cluster';
import { NodeGroupAssign } from '@/contract/schemas/node-group';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { assignNodes } from '@/server/usecases/node-groups';

export const POST = route({
  access: 'nodeGroup.update',
  params: IdInPath,
  body: NodeGroupAssign,
  answers: Cluster,
})(({ ctx, params, body }) => assignNodes(ctx, { ...body, ...params }));
