// Rebuilds one side of mirrored disks from the other one: in place on the primary or the secondary node, wherever a side is broken, or on a new
// secondary node. A running instance goes on. With `switch` to a new secondary there is no way back: the old side would be stale.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { isMirrored, type MirrorStatus } from '@/contract/schemas/disk';
import { Id } from '@/contract/names';
import { ReplaceMode } from '@/contract/schemas/instance-actions';
import type { Tx } from '../db/client';
import { loadNodeSnapshots } from '../db/nodes';
import { operation, step } from '../jobs/operation';
import { chooseSecondary } from '../placement/choose-node';
import { lockAllocation } from './allocation-lock';
import { defineOnAll } from './define-on-all';
import { needOutput } from './look-at-instance';
import { assembleOnAll, describe, lookAtMirrors, untilInSync } from './mirrors';
import { type Pair, toDefinition, toNodeDisk, toNodeDisks } from './node-disks';
import {
  callAgent,
  findNode,
  type InstanceNode,
  type PlacedInstance,
  readInstance,
  readMirrored,
  requireReady,
} from './placed-instance';
import { reserveSide } from './reserve-mirrors';
import type { Ctx } from './services';
import { toPlacementWish } from './to-placement-wish';

const Params = z.object({
  instanceId: Id,
  mode: ReplaceMode,
  /** The new secondary node; absent: chosen. */
  nodeId: Id.nullish(),
  waitForSync: z.boolean().default(true),
});
type Params = z.infer<typeof Params>;

const isNew = ({ mode }: Params) => mode === 'newSecondary';
const isInPlace = (params: Params) => !isNew(params);

/** Which disks are to be renewed on which node; refused where that would throw the last good side away. */
const look = step('look', {
  async do(ctx: Ctx, { instanceId, mode }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    const [here, there] = await Promise.all([
      lookIfThere(ctx, node, instance),
      lookIfThere(ctx, secondary, instance),
    ]);
    if (mode === 'newSecondary') {
      requireGood(instance, { good: node, seen: here });
      return { renew: [] };
    }
    const broken = { primary: findBroken(instance, here), secondary: findBroken(instance, there) };
    if (mode === 'auto' && broken.primary.length > 0 && broken.secondary.length > 0)
      throw new AppError('wrong_state', `Both sides of the mirrors of ${instance.name} are broken`);
    const brokenEnd = broken.primary.length > 0 ? 'primary' : 'secondary';
    const wanted = mode === 'auto' ? brokenEnd : mode;
    const target = wanted === 'primary' ? node : secondary;
    const good = wanted === 'primary' ? secondary : node;
    requireGood(instance, { good, seen: wanted === 'primary' ? there : here });
    const all = instance.disks.map((disk) => disk.id);
    const diskIds = mode === 'auto' ? broken[wanted] : all;
    if (diskIds.length === 0) ctx.log('No side is broken: nothing to replace');
    return { renew: diskIds.map((diskId) => ({ diskId, nodeId: target.id })) };
  },
});

const renew = step('renew-side', {
  when: isInPlace,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    for (const { diskId, nodeId } of ctx.output(look)?.renew ?? []) {
      const target = nodeId === node.id ? node : secondary;
      const disk = toNodeDisks(instance, target.id).find((one) => one.diskId === diskId);
      if (!disk) continue;
      // A machine that was installed anew knows neither the instance nor its disks; where they are there, nothing is changed.
      const definition = toDefinition(instance, target.id);
      await callAgent(ctx, { node: target }, 'instance.define', { definition });
      await callAgent(ctx, { node: target }, 'disk.create', { ...disk, wipe: false });
      await callAgent(ctx, { node: target }, 'disk.assemble', disk);
      await callAgent(ctx, { node: target }, 'mirror.renew', disk);
    }
  },
});

const choose = step('choose-node', {
  when: isNew,
  async do(ctx: Ctx, params: Params) {
    const { name, ...chosen } = await ctx.change((tx) => reserveNewSide(tx, params));
    ctx.log(`The new secondary node is ${name}`);
    return chosen;
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { instance } = await readMirrored(ctx, instanceId);
    // There is no way back: an old side that could not be removed keeps its minor, because the device is still there.
    if (instance.secondaryId === ctx.output(choose)?.newId) return;
    const stays = [instance.nodeId, instance.secondaryId].flatMap((id) => id ?? []);
    const diskIds = instance.disks.map((disk) => disk.id);
    await ctx.change((tx) =>
      tx.mirrorSide.deleteMany({ where: { diskId: { in: diskIds }, nodeId: { notIn: stays } } }),
    );
  },
});

/** The new side lies ready before anything that works is touched. What it holds is overwritten, so it is not zeroed. */
const create = step('create-disks', {
  when: isNew,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, pair } = await newPair(ctx, instanceId);
    for (const [index, disk] of instance.disks.entries()) {
      const onProgress = (done: number) => ctx.progress((index + done) / instance.disks.length);
      const own = toNodeDisk(instance, disk, pair);
      await callAgent(ctx, { node: pair.own, onProgress }, 'disk.create', { ...own, wipe: false });
    }
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const chosen = ctx.output(choose);
    if (!chosen) return;
    const { instance, pair } = await newPair(ctx, instanceId);
    if (instance.secondaryId === chosen.newId) return;
    for (const disk of instance.disks)
      await callAgent(ctx, { node: pair.own }, 'disk.remove', toNodeDisk(instance, disk, pair));
  },
});

const switchSides = step('switch-secondary', {
  when: isNew,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { oldId, newId } = needOutput(ctx, choose);
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await tx.instance.update({
        where: { id: instanceId },
        data: { secondaryId: newId },
        select: { ownerId: true },
      });
      announce(
        { kind: 'instance', id: instanceId, ownerId },
        { kind: 'node', id: oldId },
        { kind: 'node', id: newId },
      );
    });
    await connectSides(ctx, instanceId);
  },
  /** The old side goes only when the new one is up: otherwise the job needs attention, and both are kept. */
  async undo(ctx: Ctx, { instanceId }: Params) {
    const chosen = ctx.output(choose);
    const { instance } = await readMirrored(ctx, instanceId);
    if (instance.secondaryId !== chosen?.newId) return;
    ctx.log(`${instance.secondary?.name ?? chosen.newId} stays the secondary node: there is no way back`);
    await connectSides(ctx, instanceId);
    await removeOldSide(ctx, instanceId);
  },
});

const sync = step('synchronise', {
  when: ({ waitForSync }: Params) => waitForSync,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readMirrored(ctx, instanceId);
    await untilInSync(ctx, node, instance);
  },
});

/** What the old secondary node still has; one that does not answer keeps it, and verifying finds it there. */
const clear = step('remove-old-side', {
  when: isNew,
  cancelable: false,
  do: (ctx: Ctx, { instanceId }: Params) => removeOldSide(ctx, instanceId),
});

export const instanceReplaceDisks = operation({
  name: 'instance.replaceDisks',
  params: Params,
  locks: ({ instanceId, nodeId }) => ({ instance: [instanceId], node: { shared: nodeId ? [nodeId] : [] } }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'replace the disks of'),
  steps: [look, renew, choose, create, switchSides, sync, clear],
});

async function lookIfThere(ctx: Ctx, node: InstanceNode, instance: PlacedInstance): Promise<MirrorStatus[]> {
  return node.state === 'online' ? lookAtMirrors(ctx, node, instance) : [];
}

const brokenStates: MirrorStatus['diskState'][] = ['diskless', 'failed', 'detaching'];

/** Disks whose own side is gone; of a device that is down nothing is known. */
function findBroken(instance: PlacedInstance, seen: MirrorStatus[]): string[] {
  const broken = seen.filter(
    ({ connection, diskState }) => connection !== 'down' && brokenStates.includes(diskState),
  );
  return instance.disks.map((disk) => disk.id).filter((id) => broken.some((one) => one.diskId === id));
}

function requireGood(
  instance: PlacedInstance,
  { good, seen }: { good: InstanceNode; seen: MirrorStatus[] },
): void {
  const isGood = instance.disks.length > 0 && seen.length === instance.disks.length;
  if (isGood && seen.every((one) => one.diskState === 'upToDate' || isMirrored(one))) return;
  const what = seen.length === 0 ? `it is ${good.state}` : describe(seen);
  throw new AppError(
    'wrong_state',
    `Cannot replace disks of ${instance.name}: the side that would have to fill the other one, on ${good.name}, is not whole (${what})`,
  );
}

async function newPair(
  ctx: Ctx,
  instanceId: string,
): Promise<{ instance: PlacedInstance; pair: Pair & { peer: InstanceNode } }> {
  const { newId } = needOutput(ctx, choose);
  const { instance, node } = await readMirrored(ctx, instanceId);
  const own = await findNode(ctx.db, newId);
  if (own) return { instance, pair: { own, peer: node } };
  throw new AppError('not_found', 'The new secondary node does not exist any more');
}

/** Reserved once: a repeated step finds the side that it reserved. */
async function reserveNewSide(tx: Tx, { instanceId, nodeId }: Params) {
  const instance = await readInstance(tx, instanceId);
  const { clusterId, name } = instance;
  const present = [instance.nodeId, instance.secondaryId].flatMap((id) => id ?? []);
  const [primaryId, oldId] = present;
  if (!primaryId || !oldId) throw new AppError('wrong_state', `The disks of ${name} are not mirrored`);
  await lockAllocation(tx, clusterId);
  const sides = instance.disks.flatMap((disk) => disk.mirror?.sides ?? []);
  const snapshot = await loadNodeSnapshots(tx, { clusterId });
  const reserved = sides.find((side) => !present.includes(side.nodeId))?.nodeId;
  const wish = { ...toPlacementWish(instance, { start: false }), ...(nodeId && { secondaryId: nodeId }) };
  const newId = reserved ?? chooseSecondary(snapshot, wish, { primaryId, exceptIds: present });
  for (const { id: diskId } of instance.disks) {
    if (sides.some((side) => side.diskId === diskId && side.nodeId === newId)) continue;
    const end = sides.find((side) => side.diskId === diskId && side.nodeId === oldId)?.end ?? 1;
    await reserveSide(tx, { diskId, nodeId: newId, end });
  }
  return { oldId, newId, name: snapshot.find((node) => node.id === newId)?.name ?? newId };
}

async function connectSides(ctx: Ctx, instanceId: string): Promise<void> {
  const { instance, node, secondary } = await readMirrored(ctx, instanceId);
  await defineOnAll(ctx, instanceId);
  await assembleOnAll(ctx, instance, [node, secondary]);
}

/** When it was removed before, nothing is done. */
async function removeOldSide(ctx: Ctx, instanceId: string): Promise<void> {
  const { oldId } = needOutput(ctx, choose);
  const { instance, node } = await readMirrored(ctx, instanceId);
  const old = await findNode(ctx.db, oldId);
  const isThere = instance.disks.some((disk) => disk.mirror?.sides.some((side) => side.nodeId === oldId));
  if (old && isThere) await clearOldSide(ctx, { instance, pair: { own: old, peer: node } });
  const diskIds = instance.disks.map((disk) => disk.id);
  await ctx.change((tx) => tx.mirrorSide.deleteMany({ where: { diskId: { in: diskIds }, nodeId: oldId } }));
}

async function clearOldSide(
  ctx: Ctx,
  { instance, pair }: { instance: PlacedInstance; pair: Pair },
): Promise<void> {
  const { own: node } = pair;
  const stays = `what ${node.name} has of ${instance.name} stays on it`;
  if (node.state !== 'online') return ctx.log(`${node.name} is ${node.state}: ${stays}`, 'warn');
  for (const disk of instance.disks)
    await callAgent(ctx, { node }, 'disk.remove', toNodeDisk(instance, disk, pair));
  await callAgent(ctx, { node }, 'instance.forget', { instanceId: instance.id });
}
