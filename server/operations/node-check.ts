// Has a node look again at what it has of what it needs, for who has just mended something: by itself it does so only now and then.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { callAgent } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id });
type Params = z.infer<typeof Params>;

const check = step('check-node', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const facts = await callAgent(ctx, { node }, 'node.facts', { checkAgain: true });
    const wrong = facts.checks?.filter(({ state }) => state !== 'ok') ?? [];
    for (const { says, mend } of wrong) ctx.log(mend ? `${says} ${mend}` : says, 'warn');
    if (wrong.length === 0) ctx.log(`${node.name} has all that it needs`);
    await ctx.change(async (tx, announce) => {
      await tx.node.updateMany({ where: { id: nodeId, state: 'online' }, data: { facts } });
      announce({ kind: 'node', id: nodeId }, { kind: 'cluster', id: node.clusterId });
    });
  },
  // No undo: what it wrote is true of the node.
});

export const nodeCheck = operation({
  name: 'node.check',
  params: Params,
  locks: ({ nodeId }) => ({ node: { shared: [nodeId] } }),
  async check(ctx: Ctx, { nodeId }) {
    const { name, state } = await readNode(ctx.db, nodeId);
    if (state !== 'online') throw new AppError('wrong_state', `Cannot check ${name}: it is ${state}`);
  },
  steps: [check],
});
