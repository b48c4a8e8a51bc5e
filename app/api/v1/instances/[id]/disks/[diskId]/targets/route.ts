import { DiskTargets } from '@/contract/schemas/instance-actions';
import { DiskInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { listDiskTargets } from '@/server/usecases/disk-move';

export const GET = route({
  access: 'instance.disks',
  params: DiskInPath,
  answers: DiskTargets,
})(({ ctx, params }) => listDiskTargets(ctx, params));
