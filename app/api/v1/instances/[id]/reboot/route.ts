import { Accepted } from '@/contract/schemas/common';
import { InstanceReboot } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { rebootInstance } from '@/server/usecases/instance-power';

export const POST = route({
  access: 'instance.power',
  params: IdInPath,
  body: InstanceReboot,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => rebootInstance(ctx, { ...body, ...params }));
