// Brings an unmirrored instance to another node, with what is on its disks. It is stopped for that, and started again where it ran. Until
// `start` has succeeded everything can be taken back, because the source keeps its disks until then; from there on there is no way back: the
// source's are older with each write. What an undo may do follows from where the database has the instance: while that is the target, nothing
// of the target is taken away and nothing is started at the source.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { DiskParamsOverride } from '@/contract/schemas/disk';
import { longestShutdownS } from '@/contract/schemas/instance';
import { changeInstance } from '../db/instance-state';
import { loadNodeSnapshots } from '../db/nodes';
import { operation, step } from '../jobs/operation';
import { chooseNodes } from '../placement/choose-node';
import { toMoveWish } from '../placement/move-wish';
import { breakOffCopy, copyDisk, type DiskEnds } from './copy-disk';
import { lookAtInstance, needOutput } from './look-at-instance';
import { addressOf, toDefinition, toNodeDisks } from './node-disks';
import { seenBy, seenStopped } from './observed-state';
import {
  callAgent,
  findNode,
  type InstanceNode,
  type PlacedInstance,
  readInstance,
  readPlaced,
  requireReady,
} from './placed-instance';
import type { Ctx } from './services';
import { startAsConfigured } from './start-as-configured';
import { toPlacementWish } from './to-placement-wish';
import { unlessUnavailable } from './unless-unavailable';

const Params = z.object({
  instanceId: Id,
  /** Where to; absent: chosen. */
  nodeId: Id.nullish(),
  timeoutS: z.number().int().min(0).max(longestShutdownS).default(120),
});
type Params = z.infer<typeof Params>;

/** A node, and where the instance's disks lie on it. */
type Site = { nodeId: string; disks: { id: string; vg: string | null; stripes: number }[] };

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    if (node.state !== 'online')
      throw new AppError('wrong_state', `Cannot move ${instance.name}: ${node.name} is ${node.state}`);
    const { isRunning: wasRunning } = await lookAtInstance(ctx, node, instanceId);
    const disks = instance.disks.map(({ id, vg, stripes }) => ({ id, vg, stripes }));
    return { from: { nodeId: node.id, disks } satisfies Site, wasRunning };
  },
});

const choose = step('choose-node', {
  async do(ctx: Ctx, { instanceId, nodeId }: Params) {
    const { from, wasRunning } = needOutput(ctx, look);
    const instance = await readInstance(ctx.db, instanceId);
    if (nodeId === from.nodeId)
      throw new AppError('wrong_state', `Cannot move ${instance.name}: it is on this node already`);
    const snapshot = await loadNodeSnapshots(ctx.db, { clusterId: instance.clusterId });
    const others = snapshot.filter((one) => one.id !== from.nodeId);
    const wish = toMoveWish(toPlacementWish(instance, { start: wasRunning }));
    const chosen = chooseNodes(others, { ...wish, ...(nodeId && { nodeId }) });
    const target = await needNode(ctx, chosen.nodeId);
    const params = others.find((one) => one.id === target.id)?.diskParams.plain;
    // Refused now rather than when the instance stands still.
    addressOf(target);
    ctx.log(`Moves to ${target.name}`);
    const disks = instance.disks.map(({ id, params: override, vg, stripes }) => {
      const own = { ...params, ...DiskParamsOverride.parse(override).plain };
      return { id, vg: vg === null ? null : (own.vg ?? vg), stripes: own.stripes ?? stripes };
    });
    return { nodeId: target.id, disks } satisfies Site;
  },
});

const stop = step('stop', {
  async do(ctx: Ctx, { instanceId, timeoutS }: Params) {
    if (!needOutput(ctx, look).wasRunning) return;
    const { source } = await readEnds(ctx, instanceId);
    const timeoutMs = timeoutS * 1000;
    await callAgent(ctx, source, 'instance.stop', { instanceId, force: timeoutMs === 0, timeoutMs });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(choose) || !ctx.output(look)?.wasRunning) return;
    const { source, isSwitched } = await readEnds(ctx, instanceId);
    if (!isSwitched) await startAsConfigured(ctx, source);
  },
});

/** All bytes of them are written by the copy, so they are not zeroed. */
const createDisks = step('create-disks', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { target } = await readEnds(ctx, instanceId);
    const { instance, node } = target;
    await callAgent(ctx, target, 'instance.define', { definition: toDefinition(instance, node.id) });
    const disks = toNodeDisks(instance, node.id);
    for (const [index, disk] of disks.entries()) {
      const onProgress = (done: number) => ctx.progress((index + done) / disks.length);
      await callAgent(ctx, { node, onProgress }, 'disk.create', { ...disk, wipe: false });
    }
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(choose)) return;
    const { target, isSwitched } = await readEnds(ctx, instanceId);
    if (!isSwitched) await clear(ctx, target);
  },
});

const copyDisks = step('copy-disks', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const all = await diskEnds(ctx, instanceId);
    for (const [index, ends] of all.entries())
      await copyDisk(ctx, ends, (done) => ctx.progress((index + done) / all.length));
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(choose)) return;
    const { isSwitched } = await readEnds(ctx, instanceId);
    if (isSwitched) return;
    for (const ends of await diskEnds(ctx, instanceId)) await breakOffCopy(ctx, ends);
  },
});

const switchNode = step('switch-node', {
  async do(ctx: Ctx, { instanceId }: Params) {
    await record(ctx, instanceId, { at: needOutput(ctx, choose), left: needOutput(ctx, look).from });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(choose) || ctx.output(start)) return;
    const { target, isSwitched } = await readEnds(ctx, instanceId);
    if (!isSwitched) return;
    if ((await lookAtInstance(ctx, target.node, instanceId)).isRunning)
      throw new AppError('wrong_state', `${target.instance.name} runs on ${target.node.name}`);
    await record(ctx, instanceId, { at: needOutput(ctx, look).from, left: needOutput(ctx, choose) });
  },
});

const start = step('start', {
  async do(ctx: Ctx, { instanceId }: Params) {
    // The last moment for a cancel.
    ctx.signal.throwIfAborted();
    if (!needOutput(ctx, look).wasRunning) return { started: false };
    const { target } = await readEnds(ctx, instanceId);
    const observed = await startAsConfigured(ctx, target);
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await changeInstance(tx, instanceId, (before) => seenBy(before, observed));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
    return { started: true };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(start) || !ctx.output(choose)) return;
    const { target, isSwitched } = await readEnds(ctx, instanceId);
    if (isSwitched) await callAgent(ctx, target, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  },
});

/** A source that does not answer keeps its disks, and verifying finds them there. */
const removeSource = step('remove-source', {
  cancelable: false,
  do: leaveSource,
  undo: leaveSource,
});

export const instanceMove = operation({
  name: 'instance.move',
  params: Params,
  locks: ({ instanceId, nodeId }) => ({ instance: [instanceId], node: { shared: nodeId ? [nodeId] : [] } }),
  check: async (ctx: Ctx, { instanceId }) => {
    await requireReady(ctx, instanceId, 'move');
    const { name, diskTemplate } = await readInstance(ctx.db, instanceId);
    if (diskTemplate === 'drbd')
      throw new AppError(
        'wrong_state',
        `Cannot move ${name}: its disks are mirrored. Migrate it, or fail it over, to its other node`,
      );
  },
  steps: [look, choose, stop, createDisks, copyDisks, switchNode, start, removeSource],
});

type End = { node: InstanceNode; instance: PlacedInstance };

/** The instance as it lies on the source, and as it does on the target, wherever the database has it by now. */
async function readEnds(
  ctx: Ctx,
  instanceId: string,
): Promise<{ source: End; target: End; isSwitched: boolean }> {
  const instance = await readInstance(ctx.db, instanceId);
  const { from } = needOutput(ctx, look);
  const to = needOutput(ctx, choose);
  const endAt = async (site: Site): Promise<End> => {
    const node = await needNode(ctx, site.nodeId);
    const disks = instance.disks.map((disk) => ({ ...disk, ...site.disks.find(({ id }) => id === disk.id) }));
    return { node, instance: { ...instance, node, nodeId: node.id, disks } };
  };
  const isSwitched = instance.nodeId === to.nodeId;
  return { source: await endAt(from), target: await endAt(to), isSwitched };
}

async function diskEnds(ctx: Ctx, instanceId: string): Promise<DiskEnds[]> {
  const { source, target } = await readEnds(ctx, instanceId);
  const there = toNodeDisks(target.instance, target.node.id);
  return toNodeDisks(source.instance, source.node.id).flatMap((from) => {
    const to = there.find(({ diskId }) => diskId === from.diskId);
    return to ? [{ source: source.node, target: target.node, from, to }] : [];
  });
}

/** Takes all of the instance from a node that it does not belong to. */
async function clear(ctx: Ctx, { node, instance }: End): Promise<void> {
  await unlessUnavailable(ctx, node, async () => {
    for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
    await callAgent(ctx, { node }, 'instance.forget', { instanceId: instance.id });
  });
}

async function leaveSource(ctx: Ctx, { instanceId }: Params): Promise<void> {
  if (!ctx.output(start)) return;
  const { source } = await readEnds(ctx, instanceId);
  await clear(ctx, source);
}

async function record(ctx: Ctx, instanceId: string, { at, left }: { at: Site; left: Site }): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const { nodeId } = at;
    await tx.instance.update({ where: { id: instanceId }, data: { nodeId }, select: { id: true } });
    const wasSeenThere = { id: instanceId, elsewhereId: nodeId };
    await tx.instance.updateMany({ where: wasSeenThere, data: { elsewhereId: null } });
    for (const { id, ...place } of at.disks) await tx.disk.updateMany({ where: { id }, data: place });
    const { ownerId, clusterId } = await changeInstance(tx, instanceId, seenStopped);
    announce(
      { kind: 'instance', id: instanceId, ownerId },
      { kind: 'node', id: left.nodeId },
      { kind: 'node', id: nodeId },
      { kind: 'cluster', id: clusterId },
    );
  });
}

async function needNode(ctx: Ctx, id: string): Promise<InstanceNode> {
  const node = await findNode(ctx.db, id);
  if (node) return node;
  throw new AppError('not_found', 'The node does not exist any more', { details: { nodeId: id } });
}
