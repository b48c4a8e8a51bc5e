import { Cluster } from '@/contract/schemas/cluster';
import { NodeGroupUpdate } from '@/contract/schemas/node-group';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { removeNodeGroup, updateNodeGroup } from '@/server/usecases/node-groups';

export const PATCH = route({
  access: 'nodeGroup.update',
  params: IdInPath,
  body: NodeGroupUpdate,
  answers: Cluster,
})(({ ctx, params, body }) => updateNodeGroup(ctx, { ...body, ...params }));

export const DELETE = route({ access: 'nodeGroup.update', params: IdInPath, answers: Cluster })(
  ({ ctx, params }) => removeNodeGroup(ctx, params),
);
