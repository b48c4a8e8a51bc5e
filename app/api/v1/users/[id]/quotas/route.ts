import { z } from 'zod';
import { Quota } from '@/contract/schemas/quota';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { listQuotas } from '@/server/usecases/quotas';

export const GET = route({
  access: 'quota.view',
  params: IdInPath,
  answers: z.object({ items: z.array(Quota) }),
})(({ ctx, params }) => listQuotas(ctx, params));
