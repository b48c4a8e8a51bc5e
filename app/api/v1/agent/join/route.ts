import { AgentJoin, AgentJoined } from '@/contract/schemas/node';
import { route } from '@/server/http/route';
import { joinNode } from '@/server/usecases/node-join';

export const POST = route({ access: 'agent.join', body: AgentJoin, answers: AgentJoined, status: 201 })(
  ({ ctx, body }) => joinNode(ctx, body),
);
