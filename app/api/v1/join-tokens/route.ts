import { JoinToken, JoinTokenCreate } from '@/contract/schemas/node';
import { route } from '@/server/http/route';
import { createJoinToken } from '@/server/usecases/node-join';

export const POST = route({ access: 'node.join', body: JoinTokenCreate, answers: JoinToken, status: 201 })(
  ({ ctx, body }) => createJoinToken(ctx, body),
);
