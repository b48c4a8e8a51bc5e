import { Accepted } from '@/contract/schemas/common';
import { NodeSetOffline } from '@/contract/schemas/fencing';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { setNodeOffline } from '@/server/usecases/node-fencing';

export const POST = route({
  access: 'node.fence',
  params: IdInPath,
  body: NodeSetOffline,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => setNodeOffline(ctx, { ...body, ...params }));
