import { Instance } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getInstance } from '@/server/usecases/instances';

export const GET = route({ access: 'instance.view', params: IdInPath, answers: Instance })(
  ({ ctx, params }) => getInstance(ctx, params),
);
