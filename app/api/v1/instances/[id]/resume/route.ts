import { Accepted } from '@/contract/schemas/common';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { resumeInstance } from '@/server/usecases/instance-power';

export const POST = route({ access: 'instance.power', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => resumeInstance(ctx, params),
);
