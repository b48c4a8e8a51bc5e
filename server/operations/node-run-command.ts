// Runs a command of an operator on a node that allows it. The run id keeps it from running twice, whatever happens to the engine.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { NodeCommand } from '@/contract/schemas/node-command';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { callAgent } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id, runId: Id, ...NodeCommand.shape });
type Params = z.infer<typeof Params>;

const run = step('run-command', {
  async do(ctx: Ctx, { nodeId, ...order }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const { exitCode } = await callAgent(ctx, { node }, 'command.run', order);
    if (exitCode === 0) return;
    throw new AppError('tool_failed', `On ${node.name}, the command ended with exit code ${exitCode}`, {
      details: { exitCode },
    });
  },
});

export const nodeRunCommand = operation({
  name: 'node.runCommand',
  params: Params,
  locks: ({ nodeId }) => ({ node: { shared: [nodeId] } }),
  steps: [run],
});
