import { Accepted } from '@/contract/schemas/common';
import { DiskGrow } from '@/contract/schemas/instance-actions';
import { DiskInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { growDisk, removeDisk } from '@/server/usecases/instance-disks';

export const PATCH = route({
  access: 'instance.disks',
  params: DiskInPath,
  body: DiskGrow,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => growDisk(ctx, { ...body, ...params }));

export const DELETE = route({
  access: 'instance.disks',
  params: DiskInPath,
  answers: Accepted,
  status: 202,
})(({ ctx, params }) => removeDisk(ctx, params));
