import { Accepted } from '@/contract/schemas/common';
import { SeedSet } from '@/contract/schemas/seed';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getSeed, setSeed } from '@/server/usecases/instance-seed';

export const GET = route({ access: 'instance.modify', params: IdInPath, answers: SeedSet })(
  ({ ctx, params }) => getSeed(ctx, params),
);

export const PUT = route({
  access: 'instance.modify',
  params: IdInPath,
  body: SeedSet,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => setSeed(ctx, { ...body, ...params }));
