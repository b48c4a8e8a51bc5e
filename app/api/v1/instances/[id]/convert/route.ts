import { Accepted } from '@/contract/schemas/common';
import { InstanceConvert } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { convertInstance } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.convert',
  params: IdInPath,
  body: InstanceConvert,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => convertInstance(ctx, { ...body, ...params }));
