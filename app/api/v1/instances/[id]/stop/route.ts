import { Accepted } from '@/contract/schemas/common';
import { InstanceStop } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { stopInstance } from '@/server/usecases/instance-power';

export const POST = route({
  access: 'instance.power',
  params: IdInPath,
  body: InstanceStop,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => stopInstance(ctx, { ...body, ...params }));
