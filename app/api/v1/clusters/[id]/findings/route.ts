import { VerifyResult } from '@/contract/schemas/verify';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getVerifyResult } from '@/server/usecases/verify';

export const GET = route({ access: 'cluster.view', params: IdInPath, answers: VerifyResult })(
  ({ ctx, params }) => getVerifyResult(ctx, params),
);
