import { Accepted } from '@/contract/schemas/common';
import { DiskAdopt } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { adoptDisk } from '@/server/usecases/instance-disks';

export const POST = route({
  access: 'disk.adopt',
  params: IdInPath,
  body: DiskAdopt,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => adoptDisk(ctx, { ...body, ...params }));
