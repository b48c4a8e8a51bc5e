import { AcceptedBatch } from '@/contract/schemas/batch';
import { NodeFilePut } from '@/contract/schemas/node-command';
import { route } from '@/server/http/route';
import { putFile } from '@/server/usecases/node-commands';

export const POST = route({ access: 'node.command', body: NodeFilePut, answers: AcceptedBatch, status: 202 })(
  ({ ctx, body }) => putFile(ctx, body),
);
