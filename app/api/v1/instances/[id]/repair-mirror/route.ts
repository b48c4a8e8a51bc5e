import { Accepted } from '@/contract/schemas/common';
import { InstanceRepairMirror } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { repairMirror } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.repairMirror',
  params: IdInPath,
  body: InstanceRepairMirror,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => repairMirror(ctx, { ...body, ...params }));
