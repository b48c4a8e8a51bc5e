// Moves a running instance to its secondary node without stopping it. Until `hand-over` the guest runs nowhere but at the source, and everything
// can be taken back. `swap-nodes` writes the decision down before the target is told to go on, so that nobody ever has to guess where it may run:
// it is swapped back only when the target says that it never went on.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { KeptClusterHvParams, resolveMigrationLimits } from '@/contract/schemas/cluster-hv-params';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { unlessFenced } from './fenced';
import { lookAtInstance, needOutput } from './look-at-instance';
import { assembleOnAll, requireMirrored, untilConnected } from './mirrors';
import { addressOf, toDefinition, toNodeDisks } from './node-disks';
import { seenBy } from './observed-state';
import {
  callAgent,
  type InstanceNode,
  onEach,
  type PlacedInstance,
  readMirrored,
  requireReady,
} from './placed-instance';
import { requireHypervisor } from './same-hypervisor';
import type { Ctx } from './services';
import { swapNodes } from './swap-nodes';
import { unlessUnavailable } from './unless-unavailable';

const Params = z.object({
  instanceId: Id,
  /** Instead of the cluster's. */
  bandwidthMiBs: z.number().int().min(1).max(100_000).nullish(),
  downtimeMs: z.number().int().min(1).max(60_000).nullish(),
});
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    for (const one of [node, secondary])
      if (one.state !== 'online')
        throw new AppError('wrong_state', `Cannot migrate ${instance.name}: ${one.name} is ${one.state}`);
    requireHypervisor('migrate', instance, secondary);
    const { isRunning } = await lookAtInstance(ctx, node, instanceId);
    if (!isRunning)
      throw new AppError(
        'wrong_state',
        `Cannot migrate ${instance.name}: it does not run; fail it over instead`,
      );
    await assembleOnAll(ctx, instance, [secondary]);
    requireMirrored(instance, node, await untilConnected(ctx, node, instance));
    return { from: node.id, to: secondary.id };
  },
});

/** Both nodes may write for as long as the guest changes over: DRBD has to allow that, and only one of them ever does. */
const openTarget = step('open-target', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, source, target } = await ends(ctx, instanceId);
    await callAgent(ctx, { node: target }, 'instance.define', {
      definition: toDefinition(instance, target.id),
    });
    await connectBoth(ctx, { instance, nodes: [source, target], wish: 'twoPrimaries' });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(look)) return;
    const { instance, source, target, isSwapped } = await ends(ctx, instanceId);
    await close(ctx, instance, isSwapped ? source : target);
    await connectBoth(ctx, { instance, nodes: [source, target], wish: 'usual' });
  },
});

const receive = step('receive', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { source, target } = await ends(ctx, instanceId);
    const machine = await callAgent(ctx, { node: source }, 'instance.machine', { instanceId });
    const address = addressOf(target);
    return callAgent(ctx, { node: target }, 'instance.receive', { instanceId, address, machine });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(look)) return;
    const { source, target, isSwapped } = await ends(ctx, instanceId);
    if (isSwapped) await finish(ctx, { instanceId, node: source, side: 'source', success: true });
    else await finish(ctx, { instanceId, node: target, side: 'target', success: false });
  },
});

const send = step('send', {
  async do(ctx: Ctx, { instanceId, bandwidthMiBs, downtimeMs }: Params) {
    const door = needOutput(ctx, receive);
    const { instance, source } = await ends(ctx, instanceId);
    const usual = resolveMigrationLimits(KeptClusterHvParams.parse(instance.cluster.hvParams));
    return callAgent(ctx, { node: source }, 'instance.migrate', {
      ...{ instanceId, ...door },
      migrationBandwidthMiBs: bandwidthMiBs ?? usual.migrationBandwidthMiBs,
      migrationDowntimeMs: downtimeMs ?? usual.migrationDowntimeMs,
    });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(look)) return;
    const { instance, source, target, isSwapped } = await ends(ctx, instanceId);
    if (isSwapped) return;
    await unlessFenced(ctx, source, () =>
      callAgent(ctx, { node: source }, 'instance.cancelMigration', { instanceId }),
    );
    // The target was never told to go on, so the source may, whether the target can be told of it or not.
    await finish(ctx, { instanceId, node: target, side: 'target', success: false });
    await unlessFenced(ctx, source, async () => {
      const { isRunning } = await lookAtInstance(ctx, source, instanceId);
      if (!isRunning) return ctx.log(`${instance.name} does not run on ${source.name} any more`, 'warn');
      await callAgent(ctx, { node: source }, 'instance.finishMigration', {
        ...{ instanceId, side: 'source', success: false, resume: true },
      });
    });
  },
});

const swap = step('swap-nodes', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { from, to } = needOutput(ctx, look);
    await swapNodes(ctx, { instanceId, nodeId: to, secondaryId: from, states: () => ({}) });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { instance, target, isSwapped } = await ends(ctx, instanceId);
    if (!isSwapped) return;
    const runsThere = async () => {
      const { state } = await callAgent(ctx, { node: target }, 'instance.migrationState', { instanceId });
      const { isRunning } = await lookAtInstance(ctx, target, instanceId);
      if (state === 'none' && isRunning) ctx.log(`${instance.name} runs on ${target.name} already`, 'warn');
      return state === 'none' && isRunning;
    };
    if (await runsThere()) return;
    // The source may go on only once it is certain that the target, which may have been told to, does not.
    const given = { instanceId, side: 'target', success: false, resume: false } as const;
    try {
      await callAgent(ctx, { node: target }, 'instance.finishMigration', given);
    } catch (error) {
      if (await runsThere()) return;
      throw error;
    }
    const { from, to } = needOutput(ctx, look);
    await swapNodes(ctx, { instanceId, nodeId: from, secondaryId: to, states: () => ({}) });
  },
});

const handOver = step('hand-over', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { target } = await ends(ctx, instanceId);
    const { history, resume, totalMs, downtimeMs, transferredMiB } = needOutput(ctx, send);
    const { instance: observed } = await callAgent(ctx, { node: target }, 'instance.finishMigration', {
      ...{ instanceId, side: 'target', success: true, resume, history },
    });
    const seconds = (totalMs / 1000).toFixed(1);
    ctx.log(`Moved ${transferredMiB} MiB in ${seconds} s; the guest stood still for ${downtimeMs} ms`);
    return { observed };
  },
});

const release = step('release-source', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, source, target } = await ends(ctx, instanceId);
    // Which also gives its disks back.
    await finish(ctx, { instanceId, node: source, side: 'source', success: true });
    await connectBoth(ctx, { instance, nodes: [source, target], wish: 'usual' });
    const observed = ctx.output(handOver)?.observed;
    if (!observed) return;
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await changeInstance(tx, instanceId, (before) => seenBy(before, observed));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

export const instanceMigrate = operation({
  name: 'instance.migrate',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'migrate'),
  steps: [look, openTarget, receive, send, swap, handOver, release],
});

/** Source and target of this migration, whichever of them the instance is placed on by now. */
async function ends(
  ctx: Ctx,
  instanceId: string,
): Promise<{
  instance: PlacedInstance;
  source: InstanceNode;
  target: InstanceNode;
  /** From then on it may run at the target. */
  isSwapped: boolean;
}> {
  const { instance, node, secondary } = await readMirrored(ctx, instanceId);
  const isSwapped = node.id === needOutput(ctx, look).to;
  const [source, target] = isSwapped ? [secondary, node] : [node, secondary];
  return { instance, source, target, isSwapped };
}

async function connectBoth(
  ctx: Ctx,
  {
    instance,
    nodes,
    wish,
  }: { instance: PlacedInstance; nodes: InstanceNode[]; wish: 'usual' | 'twoPrimaries' },
): Promise<void> {
  await onEach(nodes, async (node) => {
    const work = async () => {
      for (const disk of toNodeDisks(instance, node.id))
        await callAgent(ctx, { node }, 'mirror.connect', { ...disk, wish });
    };
    await (wish === 'usual' ? unlessUnavailable(ctx, node, work) : work());
  });
}

async function close(ctx: Ctx, instance: PlacedInstance, node: InstanceNode): Promise<void> {
  await unlessUnavailable(ctx, node, async () => {
    for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.close', disk);
  });
}

async function finish(
  ctx: Ctx,
  {
    node,
    ...params
  }: { instanceId: string; node: InstanceNode; side: 'source' | 'target'; success: boolean },
): Promise<void> {
  await unlessUnavailable(ctx, node, async () => {
    await callAgent(ctx, { node }, 'instance.finishMigration', { ...params, resume: false });
  });
}
