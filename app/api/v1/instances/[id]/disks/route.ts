import { Accepted } from '@/contract/schemas/common';
import { DiskAdd } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { addDisk } from '@/server/usecases/instance-disks';

export const POST = route({
  access: 'instance.disks',
  params: IdInPath,
  body: DiskAdd,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => addDisk(ctx, { ...body, ...params }));
