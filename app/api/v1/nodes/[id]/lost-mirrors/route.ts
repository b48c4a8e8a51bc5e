import { AcceptedBatch } from '@/contract/schemas/batch';
import { LostMirrors } from '@/contract/schemas/lost-mirrors';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getLostMirrors, restoreMirrors } from '@/server/usecases/lost-mirrors';

export const GET = route({ access: 'node.evacuate', params: IdInPath, answers: LostMirrors })(
  ({ ctx, params }) => getLostMirrors(ctx, params),
);

export const POST = route({
  access: 'node.evacuate',
  params: IdInPath,
  answers: AcceptedBatch,
  status: 202,
})(({ ctx, params }) => restoreMirrors(ctx, params));
