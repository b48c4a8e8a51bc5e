import { VolumeList } from '@/contract/schemas/volume';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { listVolumes } from '@/server/usecases/node-volumes';

export const GET = route({ access: 'node.view', params: IdInPath, answers: VolumeList })(({ ctx, params }) =>
  listVolumes(ctx, params),
);
