import { Accepted } from '@/contract/schemas/common';
import { Instance, InstanceRemove } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { removeInstance } from '@/server/usecases/instance-power';
import { getInstance } from '@/server/usecases/instances';

export const GET = route({ access: 'instance.view', params: IdInPath, answers: Instance })(
  ({ ctx, params }) => getInstance(ctx, params),
);

export const DELETE = route({
  access: 'instance.remove',
  params: IdInPath,
  body: InstanceRemove,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => removeInstance(ctx, { ...body, ...params }));
