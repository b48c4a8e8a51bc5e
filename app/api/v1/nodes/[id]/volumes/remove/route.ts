import { Accepted } from '@/contract/schemas/common';
import { VolumeRemove } from '@/contract/schemas/volume';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { removeVolume } from '@/server/usecases/node-volumes';

export const POST = route({
  access: 'node.removeVolume',
  params: IdInPath,
  body: VolumeRemove,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => removeVolume(ctx, { ...body, ...params }));
