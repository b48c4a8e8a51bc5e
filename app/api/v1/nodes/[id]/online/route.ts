import { Accepted } from '@/contract/schemas/common';
import { NodeSetOnline } from '@/contract/schemas/fencing';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { setNodeOnline } from '@/server/usecases/node-fencing';

export const POST = route({
  access: 'node.fence',
  params: IdInPath,
  body: NodeSetOnline,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => setNodeOnline(ctx, { ...body, ...params }));
