import { Accepted } from '@/contract/schemas/common';
import { InstanceRecreateDisks } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { recreateDisks } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.recreateDisks',
  params: IdInPath,
  body: InstanceRecreateDisks,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => recreateDisks(ctx, { ...body, ...params }));
