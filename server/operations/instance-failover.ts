// Starts an instance again on its secondary node. Where the primary node answers, it is stopped there first; where it does not, only when that
// node is known to be off (fenced): two nodes must never write at once. The sides change places, so that the old one is refilled when it
// returns.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { isMirrored, MirrorStatus } from '@/contract/schemas/disk';
import { longestShutdownS } from '@/contract/schemas/instance';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { isFenced } from '../db/nodes';
import { lookAtInstance, needOutput } from './look-at-instance';
import {
  bringUpMirrors,
  describe,
  hasMirrors,
  lookAtMirrors,
  requireMirrored,
  requireUpToDate,
} from './mirrors';
import { toDefinition, toNodeDisks } from './node-disks';
import { seenBy, seenStopped } from './observed-state';
import {
  callAgent,
  type InstanceNode,
  type PlacedInstance,
  readMirrored,
  requireReady,
} from './placed-instance';
import { requireHypervisor } from './same-hypervisor';
import type { Ctx } from './services';
import { startAsConfigured } from './start-as-configured';
import { swapNodes } from './swap-nodes';

const Params = z.object({
  instanceId: Id,
  /** Started there in any case, whatever the mirror knows of the other side: may lose the newest writes. */
  ignoreConsistency: z.boolean().default(false),
  timeoutS: z.number().int().min(0).max(longestShutdownS).default(120),
});
type Params = z.infer<typeof Params>;

/** Known before anything changes: which node is which, and what was to be. */
const look = step('look', {
  async do(ctx: Ctx, { instanceId, ignoreConsistency }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    const fenced = isFenced(node);
    if (!fenced && node.state !== 'online') throw notFenced(instance.name, node);
    requireHypervisor('fail over', instance, secondary);
    if (hasMirrors(instance) && !ignoreConsistency) {
      const seen = await lookAtMirrors(ctx, secondary, instance);
      if (fenced) requireNewest(instance, node, seen);
      else {
        requireMirrored(instance, secondary, seen);
        requireMirrored(instance, node, await lookAtMirrors(ctx, node, instance));
      }
    }
    return { from: node.id, to: secondary.id, fenced, adminState: instance.adminState };
  },
});

/** Only the side that the guest wrote to knows at once when the other one does not follow, and until it has stopped that may happen. */
const stop = step('stop', {
  async do(ctx: Ctx, { instanceId, timeoutS, ignoreConsistency }: Params) {
    const before = needOutput(ctx, look);
    if (before.fenced) return { wasRunning: false };
    const { instance, node } = await readMirrored(ctx, instanceId);
    const { isRunning: wasRunning } = await lookAtInstance(ctx, node, instanceId);
    const timeoutMs = timeoutS * 1000;
    await callAgent(ctx, { node }, 'instance.stop', { instanceId, force: timeoutMs === 0, timeoutMs });
    if (!ignoreConsistency) requireMirrored(instance, node, await lookAtMirrors(ctx, node, instance));
    return { wasRunning };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(look) || ctx.output(look)?.fenced || ctx.output(look)?.adminState !== 'up') return;
    await startAsConfigured(ctx, await readMirrored(ctx, instanceId));
  },
});

const swap = step('swap-nodes', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { from, to } = needOutput(ctx, look);
    await swapNodes(ctx, { instanceId, nodeId: to, secondaryId: from, states: seenStopped });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before || before.fenced) return;
    const { from, to } = before;
    await swapNodes(ctx, { instanceId, nodeId: from, secondaryId: to, states: () => ({}) });
  },
});

const start = step('start', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) });
    if (needOutput(ctx, look).adminState !== 'up') return null;
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes: [node, secondary] });
      requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    return callAgent(ctx, { node }, 'instance.start', { instanceId });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before) return;
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    const target = [node, secondary].find(({ id }) => id === before.to);
    if (!target) return;
    await callAgent(ctx, { node: target }, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
    for (const disk of toNodeDisks(instance, target.id))
      await callAgent(ctx, { node: target }, 'disk.close', disk);
  },
});

const record = step('record', {
  async do(ctx: Ctx, { instanceId }: Params) {
    await clearOldNode(ctx, instanceId);
    const observed = ctx.output(start);
    if (!observed) return;
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await changeInstance(tx, instanceId, (before) => seenBy(before, observed));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

export const instanceFailover = operation({
  name: 'instance.failover',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'fail over'),
  steps: [look, stop, swap, start, record],
});

/** Nothing of the guest is left there, and whoever sat at its serial line goes on at the other node. It runs there already: nothing is worth going back. */
async function clearOldNode(ctx: Ctx, instanceId: string): Promise<void> {
  const { secondary } = await readMirrored(ctx, instanceId);
  if (isFenced(secondary)) return;
  const gone = { instanceId, side: 'source', success: true, resume: false } as const;
  try {
    await callAgent(ctx, { node: secondary }, 'instance.finishMigration', gone);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    ctx.log(`What is left of it on ${secondary.name} stays there: ${words}`, 'warn');
  }
}

/**
 * A side that lost its peer does not know whether the peer wrote on without it. What the lost node said last does: its own view of the mirror
 * while it still answered.
 */
function requireNewest(instance: PlacedInstance, lost: InstanceNode, seen: MirrorStatus[]): void {
  instance.disks.forEach((disk, index) => {
    const side = disk.mirror?.sides.find(({ nodeId }) => nodeId === lost.id);
    const last = MirrorStatus.safeParse(side?.status).data;
    const isWhole = seen[index]?.diskState === 'upToDate';
    if (isWhole && last && isMirrored(last)) return;
    const why = isWhole
      ? `when ${lost.name} was last heard of, it was not mirrored completely, so the other side may be older`
      : `it is not up to date on the other node (${describe(seen.slice(index, index + 1))})`;
    throw new AppError('wrong_state', `Cannot fail over ${instance.name}: of disk ${index}, ${why}`, {
      details: { diskId: disk.id, last: last ?? null },
    });
  });
}

function notFenced(name: string, node: InstanceNode): AppError {
  return new AppError(
    'wrong_state',
    `Cannot fail over ${name}: ${node.name} does not answer, but it may still run there. ` +
      `Power ${node.name} off and confirm that it is off first`,
    { details: { nodeId: node.id } },
  );
}
