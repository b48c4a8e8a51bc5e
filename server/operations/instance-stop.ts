// Stops an instance. What was stopped stays stopped: nothing here is undone by starting it again. Canceled while the guest is asked to shut
// down, it leaves the instance running.
import { type z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { InstanceStop } from '@/contract/schemas/instance';
import { AdminSource } from '@/contract/states';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { powerChargeOf } from '../quotas/charge';
import { giveBack } from '../quotas/ledger';
import { lookAtInstance } from './look-at-instance';
import { seenStopped } from './observed-state';
import { callAgent, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = InstanceStop.extend({
  instanceId: Id,
  /** `user`: its guest powered it off, and it is only to stay so. */
  source: AdminSource.default('admin'),
});
type Params = z.infer<typeof Params>;
type Placed = Awaited<ReturnType<typeof readPlaced>>;

const stop = step('stop', {
  async do(ctx: Ctx, { instanceId, force, timeoutS, source }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    if (source === 'user') await requireEnded(ctx, placed);
    await callAgent(ctx, placed, 'instance.stop', { instanceId, force, timeoutMs: timeoutS * 1000 });
  },
});

const recordDown = step('record-down', {
  // It is stopped, as was asked for.
  cancelable: false,
  async do(ctx: Ctx, { instanceId, source }: Params) {
    await ctx.change(async (tx, announce) => {
      await changeInstance(tx, instanceId, (before) => ({
        ...{ adminState: 'down', adminSource: source },
        ...seenStopped(before),
      }));
      const instance = await readInstance(tx, instanceId);
      const { ownerId, clusterId, policy } = instance;
      const amounts = powerChargeOf(instance, policy);
      await giveBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

/** No agent starts it again by itself, but people may, behind the console's back. */
async function requireEnded(ctx: Ctx, { instance, node }: Placed): Promise<void> {
  if (!(await lookAtInstance(ctx, node, instance.id)).isRunning) return;
  throw new AppError('wrong_state', `Cannot set ${instance.name} down as its guest wished: it runs`);
}

export const instanceStop = operation({
  name: 'instance.stop',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  isUrgent: ({ force }) => force,
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'stop'),
  steps: [stop, recordDown],
});
