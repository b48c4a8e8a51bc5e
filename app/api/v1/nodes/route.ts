import { NodeListQuery, NodePage } from '@/contract/schemas/node';
import { route } from '@/server/http/route';
import { listNodes } from '@/server/usecases/nodes';

export const GET = route({ access: 'node.view', query: NodeListQuery, answers: NodePage })(({ ctx, query }) =>
  listNodes(ctx, query),
);
