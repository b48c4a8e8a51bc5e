import { Accepted } from '@/contract/schemas/common';
import { InstanceReplaceDisks } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { replaceDisks } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.replaceDisks',
  params: IdInPath,
  body: InstanceReplaceDisks,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => replaceDisks(ctx, { ...body, ...params }));
