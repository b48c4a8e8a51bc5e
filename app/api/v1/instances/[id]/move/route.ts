import { Accepted } from '@/contract/schemas/common';
import { InstanceMove } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { moveInstance } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.move',
  params: IdInPath,
  body: InstanceMove,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => moveInstance(ctx, { ...body, ...params }));
