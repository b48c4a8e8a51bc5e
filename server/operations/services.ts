// What operations are given to work with.
import type { AgentClient } from '../agents/agent-client';
import type { ImageStore } from '../images/image-store';
import type { StepContext } from '../jobs/operation';

export type Services = { agents: Pick<AgentClient, 'call'>; images: ImageStore };
export type Ctx = StepContext<Services>;
