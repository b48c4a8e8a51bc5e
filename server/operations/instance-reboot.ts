// Restarts an instance: `hard` resets it at once; else the guest is asked to shut down, then it is started again. Whatever happens, it is meant
// to run afterwards.
import { type z } from 'zod';
import { Id } from '@/contract/names';
import { InstanceReboot } from '@/contract/schemas/instance';
import { changeInstance, forgetMachine } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { seenBy } from './observed-state';
import { callAgent, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = InstanceReboot.extend({ instanceId: Id });
type Params = z.infer<typeof Params>;

const shutDown = step('shut-down', {
  async do(ctx: Ctx, { instanceId, hard, timeoutS }: Params) {
    if (hard) return;
    const placed = await readPlaced(ctx, instanceId);
    await callAgent(ctx, placed, 'instance.stop', { instanceId, force: false, timeoutMs: timeoutS * 1000 });
  },
  async undo(ctx: Ctx, { instanceId, hard }: Params) {
    if (hard) return;
    await callAgent(ctx, await readPlaced(ctx, instanceId), 'instance.start', { instanceId });
  },
});

const start = step('start', {
  async do(ctx: Ctx, { instanceId, hard }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    if (hard) await callAgent(ctx, placed, 'instance.reset', { instanceId });
    // After a reset it runs already, and this only tells since when.
    const observed = await callAgent(ctx, placed, 'instance.start', { instanceId });
    await ctx.change(async (tx, announce) => {
      if (!hard) await forgetMachine(tx, instanceId);
      const { ownerId } = await changeInstance(tx, instanceId, (before) => seenBy(before, observed));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

export const instanceReboot = operation({
  name: 'instance.reboot',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'reboot'),
  steps: [shutDown, start],
});
