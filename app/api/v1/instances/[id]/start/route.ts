import { Accepted } from '@/contract/schemas/common';
import { InstanceStart } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { startInstance } from '@/server/usecases/instance-power';

export const POST = route({
  access: 'instance.power',
  params: IdInPath,
  body: InstanceStart.prefault({}),
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => startInstance(ctx, { ...body, ...params }));
