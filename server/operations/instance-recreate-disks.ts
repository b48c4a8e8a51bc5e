// Makes disks of an instance anew that does not run: what was on them is lost. They come to lie where they did, or on other nodes, when the
// instance's own are gone or have lost them. Until `renew-disks` nothing of the old ones is touched; after it, a job that fails leaves empty
// disks where there were full ones, which is better than none. From `connect-mirrors` on there is no way back.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { isMirrored } from '@/contract/schemas/disk';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { isFenced } from '../db/nodes';
import { lookAtInstance, needOutput } from './look-at-instance';
import { hasMirrors, lookAtMirrors, settleNewMirrors } from './mirrors';
import { toDefinition, toNodeDisks } from './node-disks';
import {
  callAgent,
  findNode,
  type InstanceNode,
  type PlacedInstance,
  readInstance,
  readPlaced,
  requireReady,
} from './placed-instance';
import { type FormerPlace, moveToNodes, placeBack, placeOf, viewAt } from './relocate';
import type { Ctx } from './services';
import { unlessUnavailable } from './unless-unavailable';

const Params = z.object({
  instanceId: Id,
  /** Empty: all of them. */
  diskIds: z.array(Id).default([]),
  /** On other nodes: those given, or chosen ones where `relocate` is set. */
  relocate: z.boolean().default(false),
  nodeId: Id.nullish(),
  secondaryId: Id.nullish(),
});
type Params = z.infer<typeof Params>;

const isMoving = ({ relocate, nodeId, secondaryId }: Params) =>
  relocate || Boolean(nodeId) || Boolean(secondaryId);

/** Where it was before, and which disks really were on which of those nodes. */
const look = step('look', {
  async do(ctx: Ctx, params: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, params.instanceId);
    requireReachable(instance, { node, nodes, isMoving: isMoving(params) });
    const had = [];
    for (const one of nodes.filter(isOnline)) {
      await refuseRunning(ctx, instance, one);
      const { disks } = await callAgent(ctx, { node: one }, 'disk.list', {});
      const own = disks.filter(({ instanceId }) => instanceId === instance.id);
      had.push({ nodeId: one.id, diskIds: own.map(({ diskId }) => diskId) });
    }
    return { place: placeOf(instance), had };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before || ctx.output(connect)) return;
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const isThere = (nodeId: string, diskId: string) =>
      before.had.some((one) => one.nodeId === nodeId && one.diskIds.includes(diskId));
    for (const node of nodes.filter(isOnline))
      await makeDisks(ctx, { instance, node }, ({ diskId }) => isThere(node.id, diskId));
    const isWhole = nodes.every((node) => instance.disks.every(({ id }) => isThere(node.id, id)));
    // One side may be new and the other one not.
    if (isWhole) await settle(ctx, { instance, nodes, how: 'thisSide' });
  },
});

const choose = step('choose-node', {
  when: isMoving,
  async do(ctx: Ctx, params: Params) {
    const { place } = needOutput(ctx, look);
    const names = await ctx.change((tx, announce) => moveToNodes(tx, announce, { ...params, before: place }));
    ctx.log(`Placed on ${names.join(', mirrored to ')}`);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before || ctx.output(connect)) return;
    await ctx.change((tx, announce) => placeBack(tx, announce, { instanceId, before: before.place }));
  },
});

/** On nodes that had nothing of it. */
const create = step('create-disks', {
  when: isMoving,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    for (const node of nodes.filter(({ id }) => !isOf(needOutput(ctx, look).place, id)))
      await makeDisks(ctx, { instance, node }, () => true);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before || ctx.output(connect)) return;
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    for (const node of nodes.filter(({ id }) => !isOf(before.place, id))) await clear(ctx, instance, node);
  },
});

/** On nodes that it stays on; there they go first, as each may be there whole, half, or not at all. */
const renew = step('renew-disks', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, diskIds }: Params) {
    const { place } = needOutput(ctx, look);
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const former = await viewAt(ctx, instance, place);
    const isChosen = (id: string) => diskIds.length === 0 || diskIds.includes(id);
    for (const node of nodes.filter(({ id }) => isOf(place, id))) {
      for (const disk of toNodeDisks(former, node.id).filter(({ diskId }) => isChosen(diskId)))
        await callAgent(ctx, { node }, 'disk.remove', disk);
      await makeDisks(ctx, { instance, node }, ({ diskId }) => isChosen(diskId));
    }
  },
  /** A side that has met a new peer belongs to that. `look` makes what lacks, when the instance is back on the nodes that it had. */
  async undo(ctx: Ctx, params: Params) {
    const before = ctx.output(look);
    if (!before || ctx.output(connect) || !isMoving(params)) return;
    const { instance, nodes } = await readPlaced(ctx, params.instanceId);
    for (const node of nodes.filter(({ id }) => isOf(before.place, id)))
      for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
  },
});

const connect = step('connect-mirrors', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, diskIds }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const disks = instance.disks.filter(({ id }) => diskIds.length === 0 || diskIds.includes(id));
    const how = instance.cluster.wipeDisks ? 'inSync' : 'thisSide';
    await settle(ctx, { instance: { ...instance, disks }, nodes, how });
    await ctx.change((tx) => changeInstance(tx, instanceId, () => ({ disksActive: true })));
    return { isDone: true };
  },
});

/** What a node that it has left does not give up stays there, and verifying finds it. */
const removeFormer = step('remove-source', { when: isMoving, cancelable: false, do: leave, undo: leave });

export const instanceRecreateDisks = operation({
  name: 'instance.recreateDisks',
  params: Params,
  locks: ({ instanceId, nodeId, secondaryId }) => ({
    instance: [instanceId],
    node: { shared: [nodeId, secondaryId].flatMap((id) => id ?? []) },
  }),
  check: async (ctx: Ctx, params) => {
    const { instanceId, diskIds } = params;
    await requireReady(ctx, instanceId, 'make the disks anew of');
    const { name, disks } = await readInstance(ctx.db, instanceId);
    if (disks.length === 0) throw new AppError('wrong_state', `${name} has no disks`);
    if (diskIds.some((id) => !disks.some((disk) => disk.id === id)))
      throw new AppError('not_found', `${name} does not have this disk`);
    if (isMoving(params) && diskIds.length > 0)
      throw new AppError('wrong_state', `All disks of ${name} go to other nodes, or none`);
  },
  steps: [look, choose, create, renew, connect, removeFormer],
});

const isOnline = ({ state }: InstanceNode) => state === 'online';
const isOf = ({ nodeId, secondaryId }: FormerPlace, id: string) => id === nodeId || id === secondaryId;

function requireReachable(
  { name }: PlacedInstance,
  { node, nodes, isMoving: mayLeave }: { node: InstanceNode; nodes: InstanceNode[]; isMoving: boolean },
): void {
  const cannot = `Cannot make the disks of ${name} anew`;
  if (!isOnline(node) && !isFenced(node))
    throw new AppError(
      'wrong_state',
      `${cannot}: ${node.name} does not answer, but it may still run there. Power ${node.name} off and confirm that it is off first`,
    );
  const away = nodes.find((one) => !isOnline(one));
  if (away && !mayLeave)
    throw new AppError(
      'wrong_state',
      `${cannot}: ${away.name} is ${away.state}. Choose other nodes for them`,
    );
}

async function refuseRunning(ctx: Ctx, { id, name }: PlacedInstance, node: InstanceNode): Promise<void> {
  if ((await lookAtInstance(ctx, node, id)).isRunning)
    throw new AppError('wrong_state', `Cannot make the disks of ${name} anew: it runs on ${node.name}`);
}

type At = { instance: PlacedInstance; node: InstanceNode };

/** What is there already stays. */
async function makeDisks(
  ctx: Ctx,
  { instance, node }: At,
  isWanted: (disk: { diskId: string }) => boolean,
): Promise<void> {
  const { wipeDisks: wipe } = instance.cluster;
  await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) });
  const disks = toNodeDisks(instance, node.id).filter(isWanted);
  for (const [index, disk] of disks.entries()) {
    const onProgress = (done: number) => ctx.progress((index + done) / disks.length);
    await callAgent(ctx, { node, onProgress }, 'disk.create', { ...disk, wipe });
  }
}

type Settling = { instance: PlacedInstance; nodes: InstanceNode[]; how: 'inSync' | 'thisSide' };

/** New sides meet, unless they have. */
async function settle(ctx: Ctx, { instance, nodes, how }: Settling): Promise<void> {
  const [node] = nodes;
  if (!node || !hasMirrors(instance) || nodes.length < 2) return;
  if ((await lookAtMirrors(ctx, node, instance)).every(isMirrored)) return;
  await settleNewMirrors(ctx, { instance, nodes, how });
  for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.close', disk);
}

async function clear(ctx: Ctx, instance: PlacedInstance, node: InstanceNode): Promise<void> {
  await unlessUnavailable(ctx, node, async () => {
    for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
    await callAgent(ctx, { node }, 'instance.forget', { instanceId: instance.id });
  });
}

async function leave(ctx: Ctx, { instanceId }: Params): Promise<void> {
  if (!ctx.output(connect)) return;
  const { place } = needOutput(ctx, look);
  const { instance, nodes } = await readPlaced(ctx, instanceId);
  const stays = nodes.map(({ id }) => id);
  const left = [place.nodeId, place.secondaryId]
    .flatMap((id) => id ?? [])
    .filter((id) => !stays.includes(id));
  const former = await viewAt(ctx, instance, place);
  for (const id of left) {
    const node = await findNode(ctx.db, id);
    if (node) await clearFormer(ctx, former, node);
  }
  const ofDisks = { diskId: { in: instance.disks.map((disk) => disk.id) } };
  await ctx.change((tx) => tx.mirrorSide.deleteMany({ where: { ...ofDisks, nodeId: { notIn: stays } } }));
}

async function clearFormer(ctx: Ctx, former: PlacedInstance, node: InstanceNode): Promise<void> {
  const stays = `what ${node.name} has of ${former.name} stays on it`;
  if (!isOnline(node)) return ctx.log(`${node.name} is ${node.state}: ${stays}`, 'warn');
  // Where its sides are gone from the database, they are gone from the node.
  const isTold = former.disks.every(
    ({ mirror }) => mirror?.sides.some((side) => side.nodeId === node.id) ?? true,
  );
  if (!isTold) return;
  try {
    await clear(ctx, former, node);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log(`${stays}: ${error.message}`, 'warn');
  }
}
