import { Accepted } from '@/contract/schemas/common';
import { InstanceRename } from '@/contract/schemas/instance-install';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { renameInstance } from '@/server/usecases/instance-install';

export const POST = route({
  access: 'instance.install',
  params: IdInPath,
  body: InstanceRename,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => renameInstance(ctx, { ...body, ...params }));
