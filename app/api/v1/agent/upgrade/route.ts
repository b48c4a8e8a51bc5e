import { AgentUpgrade } from '@/contract/schemas/node';
import { route } from '@/server/http/route';
import { getAgentUpgrade } from '@/server/usecases/agent-install';

export const GET = route({ access: 'node.join', answers: AgentUpgrade })(({ ctx }) => getAgentUpgrade(ctx));
