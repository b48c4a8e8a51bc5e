import { Id } from '@/contract/names';
import { Quota, QuotaOverride } from '@/contract/schemas/quota';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { updateQuota } from '@/server/usecases/quotas';

export const PUT = route({
  access: 'quota.update',
  params: IdInPath.extend({ clusterId: Id }),
  body: QuotaOverride,
  answers: Quota,
})(({ ctx, params, body }) => updateQuota(ctx, { ...params, override: body }));
