// Makes mirrors of the plain disks of a stopped instance, or plain disks of its mirrors, in place: the data volumes stay where they are. The way
// back from a mirror is open until `switch-template`, and from a plain disk until the other side is given up.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import type { Tx } from '../db/client';
import { loadNodeSnapshots } from '../db/nodes';
import { operation, step } from '../jobs/operation';
import { chooseSecondary } from '../placement/choose-node';
import { lockAllocation } from './allocation-lock';
import { defineOnAll } from './define-on-all';
import { lookAtMirrors, requireUpToDate, settleNewMirrors, untilInSync } from './mirrors';
import { toNodeDisks } from './node-disks';
import { placeDisks } from './place-disks';
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
import { toPlacementWish } from './to-placement-wish';
import { unlessUnavailable } from './unless-unavailable';

const Params = z.object({
  instanceId: Id,
  to: z.enum(['drbd', 'plain']),
  /** The secondary node of the mirrors; absent: chosen. */
  nodeId: Id.nullish(),
  waitForSync: z.boolean().default(true),
});
type Params = z.infer<typeof Params>;

const toMirror = ({ to }: Params) => to === 'drbd';
const toPlain = ({ to }: Params) => to === 'plain';

const choose = step('choose-node', {
  when: toMirror,
  async do(ctx: Ctx, params: Params) {
    const { nodeId, name } = await ctx.change((tx) => reserveSides(tx, params));
    ctx.log(`Mirrored to ${name}`);
    return { nodeId };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    await ctx.change(async (tx) => {
      const { diskTemplate } = await readInstance(tx, instanceId);
      if (diskTemplate !== 'plain') return;
      await tx.mirror.deleteMany({ where: { disk: { instanceId } } });
      await tx.disk.updateMany({ where: { instanceId }, data: { metaVg: null } });
    });
  },
});

/** The other side first: the own one is only touched once that is there. */
const createSides = step('create-disks', {
  when: toMirror,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { mirrored, node, secondary } = await asMirrored(ctx, instanceId);
    for (const one of [secondary, node])
      for (const disk of toNodeDisks(mirrored, one.id))
        await callAgent(ctx, { node: one }, 'disk.create', { ...disk, wipe: false });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(choose)) return;
    const { instance, mirrored, node, secondary } = await asMirrored(ctx, instanceId);
    for (const disk of toNodeDisks(mirrored, node.id)) await callAgent(ctx, { node }, 'disk.shutdown', disk);
    for (const disk of toNodeDisks(instance, node.id))
      await callAgent(ctx, { node }, 'disk.create', { ...disk, wipe: false });
    for (const disk of toNodeDisks(mirrored, secondary.id))
      await callAgent(ctx, { node: secondary }, 'disk.remove', disk);
    await callAgent(ctx, { node: secondary }, 'instance.forget', { instanceId });
  },
});

const connect = step('connect-mirrors', {
  when: toMirror,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { mirrored, node, secondary } = await asMirrored(ctx, instanceId);
    await settleNewMirrors(ctx, { instance: mirrored, nodes: [node, secondary], how: 'thisSide' });
    for (const disk of toNodeDisks(mirrored, node.id)) await callAgent(ctx, { node }, 'disk.close', disk);
  },
});

const switchToMirror = step('switch-template', {
  when: toMirror,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const secondaryId = ctx.output(choose)?.nodeId;
    if (!secondaryId) throw new AppError('internal', 'No secondary node was chosen');
    await record(ctx, instanceId, { diskTemplate: 'drbd', secondaryId });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    await record(ctx, instanceId, { diskTemplate: 'plain', secondaryId: null });
  },
});

const sync = step('synchronise', {
  when: (params: Params) => toMirror(params) && params.waitForSync,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { mirrored, node } = await asMirrored(ctx, instanceId);
    await untilInSync(ctx, node, mirrored);
  },
});

/** In a step of its own: what is half taken down shows no state any more. */
const look = step('look', {
  when: toPlain,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
  },
});

const leaveMirror = step('leave-mirror', {
  when: toPlain,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    if (instance.diskTemplate !== 'drbd') return;
    for (const one of nodes)
      await unlessUnavailable(ctx, one, async () => {
        for (const disk of toNodeDisks(instance, one.id))
          await callAgent(ctx, { node: one }, 'disk.shutdown', disk);
      });
    const plain: PlacedInstance = { ...instance, diskTemplate: 'plain' };
    for (const disk of toNodeDisks(plain, node.id))
      await callAgent(ctx, { node }, 'disk.create', { ...disk, wipe: false });
  },
});

const removeOther = step('remove-old-side', {
  when: toPlain,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance } = await readPlaced(ctx, instanceId);
    const { secondary } = instance;
    if (instance.diskTemplate === 'drbd' && secondary)
      await unlessUnavailable(ctx, secondary, async () => {
        for (const disk of toNodeDisks(instance, secondary.id))
          await callAgent(ctx, { node: secondary }, 'disk.remove', disk);
        await callAgent(ctx, { node: secondary }, 'instance.forget', { instanceId });
      });
    await record(ctx, instanceId, { diskTemplate: 'plain', secondaryId: null });
    await ctx.change(async (tx) => {
      await tx.mirror.deleteMany({ where: { disk: { instanceId } } });
      await tx.disk.updateMany({ where: { instanceId }, data: { metaVg: null } });
    });
  },
});

export const instanceConvert = operation({
  name: 'instance.convert',
  params: Params,
  locks: ({ instanceId, nodeId }) => ({ instance: [instanceId], node: { shared: nodeId ? [nodeId] : [] } }),
  check: async (ctx: Ctx, { instanceId, to }) => {
    await requireReady(ctx, instanceId, 'convert');
    const { instance } = await readPlaced(ctx, instanceId);
    const from = to === 'drbd' ? 'plain' : 'drbd';
    if (instance.diskTemplate === from) return;
    throw new AppError(
      'wrong_state',
      `Cannot convert ${instance.name} to ${to}: its disks are ${instance.diskTemplate}`,
    );
  },
  steps: [choose, createSides, connect, switchToMirror, sync, look, leaveMirror, removeOther],
});

/** The instance as it is going to be, while the database still says what it was. */
async function asMirrored(
  ctx: Ctx,
  instanceId: string,
): Promise<{
  instance: PlacedInstance;
  mirrored: PlacedInstance;
  node: InstanceNode;
  secondary: InstanceNode;
}> {
  const { instance, node } = await readPlaced(ctx, instanceId);
  const id = ctx.output(choose)?.nodeId;
  const secondary = id ? await findNode(ctx.db, id) : null;
  if (!secondary) throw new AppError('internal', 'No secondary node was chosen');
  const mirrored: PlacedInstance = {
    ...instance,
    diskTemplate: 'drbd',
    secondary,
    secondaryId: secondary.id,
  };
  return { instance, mirrored, node, secondary };
}

/** Reserved once: a repeated step finds what it reserved. */
async function reserveSides(tx: Tx, { instanceId, nodeId }: Params) {
  const instance = await readInstance(tx, instanceId);
  const { clusterId, nodeId: primaryId } = instance;
  if (!primaryId) throw new AppError('wrong_state', `${instance.name} is on no node`);
  await lockAllocation(tx, clusterId);
  const snapshot = await loadNodeSnapshots(tx, { clusterId });
  const sides = instance.disks.flatMap((disk) => disk.mirror?.sides ?? []);
  const reserved = sides.find((side) => side.nodeId !== primaryId)?.nodeId;
  const wish = {
    ...toPlacementWish({ ...instance, diskTemplate: 'drbd' }, { start: false }),
    ...(nodeId && { secondaryId: nodeId }),
  };
  const chosen = reserved ?? chooseSecondary(snapshot, wish, { primaryId, exceptIds: [primaryId] });
  const own = snapshot.find((node) => node.id === primaryId);
  if (!own) throw new AppError('wrong_state', `The node of ${instance.name} is not in its cluster`);
  await placeDisks(tx, { ...instance, diskTemplate: 'drbd', secondaryId: chosen }, own.diskParams);
  return { nodeId: chosen, name: snapshot.find((node) => node.id === chosen)?.name ?? chosen };
}

async function record(
  ctx: Ctx,
  instanceId: string,
  data: { diskTemplate: 'plain' | 'drbd'; secondaryId: string | null },
): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const { ownerId, clusterId } = await tx.instance.update({ where: { id: instanceId }, data });
    announce({ kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
  });
  await defineOnAll(ctx, instanceId);
}
