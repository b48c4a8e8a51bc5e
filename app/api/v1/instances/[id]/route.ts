import { Accepted } from '@/contract/schemas/common';
import { Instance, InstanceRemove } from '@/contract/schemas/instance';
import { InstanceModify } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { modifyInstance } from '@/server/usecases/instance-modify';
import { removeInstance } from '@/server/usecases/instance-power';
import { getInstance } from '@/server/usecases/instances';

export const GET = route({ access: 'instance.view', params: IdInPath, answers: Instance })(
  ({ ctx, params }) => getInstance(ctx, params),
);

export const PATCH = route({
  access: 'instance.modify',
  params: IdInPath,
  body: InstanceModify,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => modifyInstance(ctx, { ...body, ...params }));

export const DELETE = route({
  access: 'instance.remove',
  params: IdInPath,
  body: InstanceRemove,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => removeInstance(ctx, { ...body, ...params }));
