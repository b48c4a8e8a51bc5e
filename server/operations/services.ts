// What operations are given to work with.
import type { AgentClient } from '../agents/agent-client';
import type { StepContext } from '../jobs/operation';

export type Services = { agents: Pick<AgentClient, 'call'> };
export type Ctx = StepContext<Services>;
