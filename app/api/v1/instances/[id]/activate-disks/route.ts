import { Accepted } from '@/contract/schemas/common';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { activateDisks } from '@/server/usecases/instance-maintenance';

export const POST = route({ access: 'instance.maintain', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => activateDisks(ctx, params),
);
