import { Accepted } from '@/contract/schemas/common';
import { InstanceReinstall } from '@/contract/schemas/instance-install';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { reinstallInstance } from '@/server/usecases/instance-install';

export const POST = route({
  access: 'instance.install',
  params: IdInPath,
  body: InstanceReinstall,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => reinstallInstance(ctx, { ...body, ...params }));
