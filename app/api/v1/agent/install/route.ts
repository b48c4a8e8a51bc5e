import { z } from 'zod';
import { textResponse } from '@/server/http/download';
import { route } from '@/server/http/route';
import { getInstallScript } from '@/server/usecases/agent-install';

export const dynamic = 'force-dynamic';

export const GET = route({ access: 'agent.download', answers: z.never() })(async ({ ctx, request }) =>
  textResponse({ request, address: ctx.address, ...(await getInstallScript(ctx)) }),
);
