import { Accepted } from '@/contract/schemas/common';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { checkNode } from '@/server/usecases/nodes';

export const POST = route({ access: 'node.update', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => checkNode(ctx, params),
);
