import { AcceptedBatch } from '@/contract/schemas/batch';
import { EvacuationPlan, EvacuationQuery, NodeEvacuate } from '@/contract/schemas/evacuation';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { evacuateNode, getEvacuationPlan } from '@/server/usecases/node-evacuation';

export const GET = route({
  access: 'node.evacuate',
  params: IdInPath,
  query: EvacuationQuery,
  answers: EvacuationPlan,
})(({ ctx, params, query }) => getEvacuationPlan(ctx, { ...query, ...params }));

export const POST = route({
  access: 'node.evacuate',
  params: IdInPath,
  body: NodeEvacuate,
  answers: AcceptedBatch,
  status: 202,
})(({ ctx, params, body }) => evacuateNode(ctx, { ...body, ...params }));
