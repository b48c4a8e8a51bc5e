// Starts an instance. Its mirrors are brought up on both nodes; on data that may be stale it is not started. What is wished for this start alone
// is not kept, but written down as what the machine is made of, so that pages can say what the next start changes.
import type { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { InstanceStart } from '@/contract/schemas/instance';
import { AdminState } from '@/contract/states';
import { changeInstance, recordMachine } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { lookAtInstance, needOutput } from './look-at-instance';
import { bringUpMirrors, hasMirrors, lookAtMirrors, requireUpToDate } from './mirrors';
import { toDefinition } from './node-disks';
import { seenBy } from './observed-state';
import { callAgent, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = InstanceStart.extend({ instanceId: Id });
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
  async do(ctx: Ctx, { instanceId, paused, once }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    if (!ctx.output(look)?.isDefined)
      await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) });
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes });
      requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    const observed = await callAgent(ctx, { node }, 'instance.start', {
      ...{ instanceId, paused, overrides: once },
    });
    const isSpecial = Object.keys(once).length > 0;
    const machine = isSpecial ? await callAgent(ctx, { node }, 'instance.machine', { instanceId }) : null;
    return { observed, machine };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.wasRunning !== false) return;
    const { node } = await readPlaced(ctx, instanceId);
    try {
      await callAgent(ctx, { node }, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
    } catch (error) {
      if (!isDiskOfOthers(error)) throw error;
      ctx.log(`${error.message}: that disk stays open`, 'warn');
    }
  },
});
/**
 * Disks are closed once the machine is gone. Whoever has one then had it before this start, or took it meanwhile; it is not this job's to close, and
 * trying again would only keep the start's own refusal waiting.
 */
const isDiskOfOthers = (error: unknown): error is AppError =>
  error instanceof AppError &&
  error.code === 'busy' &&
  Array.isArray(error.details['users']) &&
  error.details['users'].length > 0;

const recordUp = step('record-up', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { observed, machine } = needOutput(ctx, start);
    await ctx.change(async (tx, announce) => {
      if (!needOutput(ctx, look).wasRunning) await recordMachine(tx, instanceId, machine);
      const { ownerId } = await changeInstance(tx, instanceId, (before) => ({
        adminState: 'up',
        disksActive: true,
        ...seenBy(before, observed),
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
