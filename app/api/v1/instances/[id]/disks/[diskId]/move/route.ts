import { Accepted } from '@/contract/schemas/common';
import { DiskMove } from '@/contract/schemas/instance-actions';
import { DiskInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { moveDisk } from '@/server/usecases/disk-move';

export const POST = route({
  access: 'instance.disks',
  params: DiskInPath,
  body: DiskMove,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => moveDisk(ctx, { ...body, ...params }));
