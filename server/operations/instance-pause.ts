// Lets a running instance stand still, and go on: its memory stays, its guest notices nothing but the time.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { seenBy } from './observed-state';
import { callAgent, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

const pause = step('pause', {
  do: (ctx: Ctx, { instanceId }: Params) => change(ctx, instanceId, 'instance.pause'),
  undo: (ctx: Ctx, { instanceId }: Params) => change(ctx, instanceId, 'instance.resume'),
});

const resume = step('resume', {
  do: (ctx: Ctx, { instanceId }: Params) => change(ctx, instanceId, 'instance.resume'),
  undo: (ctx: Ctx, { instanceId }: Params) => change(ctx, instanceId, 'instance.pause'),
});

export const instancePause = operation({
  name: 'instance.pause',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  isUrgent: () => true,
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'pause'),
  steps: [pause],
});

export const instanceResume = operation({
  name: 'instance.resume',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  isUrgent: () => true,
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'resume'),
  steps: [resume],
});

async function change(
  ctx: Ctx,
  instanceId: string,
  call: 'instance.pause' | 'instance.resume',
): Promise<void> {
  const { node } = await readPlaced(ctx, instanceId);
  const observed = await callAgent(ctx, { node }, call, { instanceId });
  await ctx.change(async (tx, announce) => {
    const { ownerId } = await changeInstance(tx, instanceId, (before) => seenBy(before, observed));
    announce({ kind: 'instance', id: instanceId, ownerId });
  });
}
