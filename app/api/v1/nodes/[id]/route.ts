import { Accepted } from '@/contract/schemas/common';
import { Node, NodeUpdate } from '@/contract/schemas/node';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getNode, removeNode, updateNode } from '@/server/usecases/nodes';

export const GET = route({ access: 'node.view', params: IdInPath, answers: Node })(({ ctx, params }) =>
  getNode(ctx, params),
);

export const PATCH = route({ access: 'node.update', params: IdInPath, body: NodeUpdate, answers: Node })(
  ({ ctx, params, body }) => updateNode(ctx, { ...body, ...params }),
);

export const DELETE = route({ access: 'node.remove', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => removeNode(ctx, params),
);
