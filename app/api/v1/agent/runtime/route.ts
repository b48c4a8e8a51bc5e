import { z } from 'zod';
import { fileResponse } from '@/server/http/download';
import { route } from '@/server/http/route';
import { getAgentRuntime } from '@/server/usecases/agent-install';

export const dynamic = 'force-dynamic';

export const GET = route({ access: 'agent.download', answers: z.never() })(async ({ ctx, request }) =>
  fileResponse({ request, address: ctx.address, ...(await getAgentRuntime(ctx)) }),
);
