import { Instance } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { setInstanceOffline } from '@/server/usecases/instance-maintenance';

export const POST = route({ access: 'instance.maintain', params: IdInPath, answers: Instance })(
  ({ ctx, params }) => setInstanceOffline(ctx, params),
);
