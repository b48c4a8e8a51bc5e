import { AcceptedBatch } from '@/contract/schemas/batch';
import { NodeCommandRun } from '@/contract/schemas/node-command';
import { route } from '@/server/http/route';
import { runCommand } from '@/server/usecases/node-commands';

export const POST = route({
  access: 'node.command',
  body: NodeCommandRun,
  answers: AcceptedBatch,
  status: 202,
})(({ ctx, body }) => runCommand(ctx, body));
