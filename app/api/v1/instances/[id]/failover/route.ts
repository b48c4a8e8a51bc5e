import { Accepted } from '@/contract/schemas/common';
import { InstanceFailover } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { failOverInstance } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.failover',
  params: IdInPath,
  body: InstanceFailover,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => failOverInstance(ctx, { ...body, ...params }));
