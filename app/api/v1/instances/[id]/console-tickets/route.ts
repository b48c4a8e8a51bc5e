import { z } from 'zod';
import { ConsoleKind, ConsoleTicket } from '@/contract/schemas/instance';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { createConsoleTicket } from '@/server/usecases/console-tickets';

export const POST = route({
  access: 'instance.console',
  params: IdInPath,
  body: z.object({ kind: ConsoleKind }),
  answers: ConsoleTicket,
  status: 201,
})(({ ctx, params, body }) => createConsoleTicket(ctx, { ...body, ...params }));
