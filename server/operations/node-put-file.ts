// Brings a file of an operator to a node that allows it. What was there before is not kept.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { NodeFile } from '@/contract/schemas/node-command';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { callAgent } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id, ...NodeFile.shape });
type Params = z.infer<typeof Params>;

const put = step('put-file', {
  async do(ctx: Ctx, { nodeId, ...file }: Params) {
    const node = await readNode(ctx.db, nodeId);
    await callAgent(ctx, { node }, 'file.put', file);
    ctx.log(`${file.path} is on ${node.name}`);
  },
});

export const nodePutFile = operation({
  name: 'node.putFile',
  params: Params,
  locks: ({ nodeId }) => ({ node: { shared: [nodeId] } }),
  steps: [put],
});
