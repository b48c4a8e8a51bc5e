import { z } from 'zod';
import { route } from '@/server/http/route';
import { getHealth } from '@/server/usecases/health';

export const dynamic = 'force-dynamic';

export const GET = route({ access: 'health.view', answers: z.object({ ok: z.literal(true) }) })(({ ctx }) =>
  getHealth(ctx),
);
