// Restarts an instance: `hard` resets it at once; else the guest is asked to shut down, then it is started again. Whatever happens, it is meant
// to run afterwards, and boots from what is configured: a machine that was started from something else once cannot be reset.
import { type z } from 'zod';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { RunningMachine } from '@/contract/agent-live-calls';
import { Id } from '@/contract/names';
import { type HvParams, StartOverrides } from '@/contract/schemas/hv-params';
import { InstanceReboot } from '@/contract/schemas/instance';
import { changeInstance, recordMachine } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { isCdAsConfigured } from './cd-in-drive';
import { needOutput } from './look-at-instance';
import { toDefinition } from './node-disks';
import { seenBy } from './observed-state';
import { callAgent, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';
import { startAsConfigured } from './start-as-configured';

const Params = InstanceReboot.extend({ instanceId: Id });
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { instanceId, hard }: Params) {
    if (!hard) return { resets: false };
    const { instance, node } = await readPlaced(ctx, instanceId);
    const running = RunningMachine.safeParse(instance.machine).data;
    const resets = !running || bootsAlike(running.hvParams, toDefinition(instance, node.id));
    if (!resets)
      ctx.log(`${instance.name} was booted from something else: it is switched off and started again`);
    return { resets };
  },
});

const shutDown = step('shut-down', {
  async do(ctx: Ctx, { instanceId, hard, timeoutS }: Params) {
    if (needOutput(ctx, look).resets) return;
    const placed = await readPlaced(ctx, instanceId);
    const timeoutMs = hard ? 0 : timeoutS * 1000;
    await callAgent(ctx, placed, 'instance.stop', { instanceId, force: timeoutMs === 0, timeoutMs });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.resets !== false) return;
    await startAsConfigured(ctx, await readPlaced(ctx, instanceId));
  },
});

const start = step('start', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { resets } = needOutput(ctx, look);
    const placed = await readPlaced(ctx, instanceId);
    if (resets) await callAgent(ctx, placed, 'instance.reset', { instanceId });
    // After a reset it runs already, and this only tells since when.
    const observed = await (resets
      ? callAgent(ctx, placed, 'instance.start', { instanceId })
      : startAsConfigured(ctx, placed));
    await ctx.change(async (tx, announce) => {
      if (!resets) await recordMachine(tx, instanceId, null);
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
  steps: [look, shutDown, start],
});

const bootParams = StartOverrides.keyof().exclude(['cdrom']).options;

function bootsAlike(running: HvParams, wanted: InstanceDefinition): boolean {
  return (
    isCdAsConfigured(running.cdrom, wanted) &&
    bootParams.every((name) => running[name] === wanted.hvParams[name])
  );
}
