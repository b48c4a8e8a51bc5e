import { Accepted } from '@/contract/schemas/common';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { verifyCluster } from '@/server/usecases/verify';

export const POST = route({ access: 'cluster.verify', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => verifyCluster(ctx, params),
);
