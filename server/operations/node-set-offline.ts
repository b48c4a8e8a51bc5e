// An operator says that a node is off. The console only makes sure that it does not answer; that it is off, nobody but the operator knows.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { doesAnswer } from './node-answers';
import { readBeforeOffline, recordOffline, takeOfflineBack } from './record-offline';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id });
type Params = z.infer<typeof Params>;

const look = step('look', {
  do: (ctx: Ctx, { nodeId }: Params) => readBeforeOffline(ctx, nodeId),
});

const ask = step('ask-node', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    if (!(await doesAnswer(ctx, node))) return ctx.log(`${node.name} does not answer`);
    throw new AppError('wrong_state', `Cannot set ${node.name} offline: it answers. Power it off first`, {
      details: { nodeId },
    });
  },
});

const record = step('record-offline', {
  do: (ctx: Ctx, { nodeId }: Params) => recordOffline(ctx, nodeId, 'declared'),
  async undo(ctx: Ctx, { nodeId }: Params) {
    const before = ctx.output(look);
    if (before) await takeOfflineBack(ctx, nodeId, before);
  },
});

export const nodeSetOffline = operation({
  name: 'node.setOffline',
  params: Params,
  locks: ({ nodeId }) => ({ node: [nodeId] }),
  steps: [look, ask, record],
});
