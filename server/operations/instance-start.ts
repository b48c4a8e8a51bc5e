// Starts an instance. Its mirrors are brought up on both nodes; on data that may be stale it is not started.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { AdminState } from '@/contract/states';
import { changeInstance, forgetMachine } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { lookAtInstance } from './look-at-instance';
import { bringUpMirrors, hasMirrors, lookAtMirrors, requireUpToDate } from './mirrors';
import { toDefinition } from './node-disks';
import { seenBy } from './observed-state';
import { callAgent, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

/** What runs before must also run after a failure. */
const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const { isRunning, definition } = await lookAtInstance(ctx, node, instanceId);
    return {
      wasRunning: isRunning,
      isDefined: JSON.stringify(definition) === JSON.stringify(toDefinition(instance, node.id)),
      adminState: AdminState.parse(instance.adminState),
      disksActive: instance.disksActive,
    };
  },
});

const start = step('start', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    if (!ctx.output(look)?.isDefined)
      await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) });
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes });
      requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    return callAgent(ctx, { node }, 'instance.start', { instanceId });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.wasRunning !== false) return;
    const { node } = await readPlaced(ctx, instanceId);
    await callAgent(ctx, { node }, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  },
});
const recordUp = step('record-up', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const observed = ctx.output(start);
    await ctx.change(async (tx, announce) => {
      if (ctx.output(look)?.wasRunning === false) await forgetMachine(tx, instanceId);
      const { ownerId } = await changeInstance(tx, instanceId, (before) => ({
        adminState: 'up',
        disksActive: true,
        ...(observed && seenBy(before, observed)),
      }));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before) return;
    const { adminState, disksActive } = before;
    await ctx.change((tx) => changeInstance(tx, instanceId, () => ({ adminState, disksActive })));
  },
});

export const instanceStart = operation({
  name: 'instance.start',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  async check(ctx: Ctx, { instanceId }) {
    await requireReady(ctx, instanceId, 'start');
    const { name, adminState } = await readInstance(ctx.db, instanceId);
    if (adminState === 'offline')
      throw new AppError('wrong_state', `Cannot start ${name}: it is set offline`);
  },
  steps: [look, start, recordUp],
});
