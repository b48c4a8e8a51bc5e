// Creates an instance whose row, disks, NICs and quota its acceptance has written already: they are taken back when this does not succeed.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { changeInstance } from '../db/instance-state';
import { resolvedParams } from '../db/hv-params';
import { loadNodeSnapshots } from '../db/nodes';
import { type Announce, operation, step } from '../jobs/operation';
import { chooseNodes } from '../placement/choose-node';
import type { Tx } from '../db/client';
import { lockAllocation } from './allocation-lock';
import { toNodeDisks } from './node-disks';
import { toAbout } from './instance-about';
import { seenBy } from './observed-state';
import { placeDisks } from './place-disks';
import {
  callAgent,
  findInstance,
  onEach,
  type PlacedInstance,
  readInstance,
  readPlaced,
} from './placed-instance';
import { defineOnAll } from './define-on-all';
import { deliverFitting } from './deliver-image';
import { settleNewMirrors } from './mirrors';
import type { Ctx } from './services';
import { startAsConfigured } from './start-as-configured';
import { toPlacementWish } from './to-placement-wish';

const Params = z.object({
  instanceId: Id,
  nodeId: Id.nullish(),
  secondaryId: Id.nullish(),
  start: z.boolean(),
  hasDisks: z.boolean(),
  isMirrored: z.boolean().default(false),
  isScripted: z.boolean().default(false),
  imageId: Id.nullish(),
  /** Not where the firmware boots what is there. */
  installsOs: z.boolean().default(true),
});
type Params = z.infer<typeof Params>;

const place = step('choose-node', {
  async do(ctx: Ctx, params: Params) {
    const names = await ctx.change((tx, announce) => placeInstance(tx, announce, params));
    ctx.log(`Placed on ${names.join(', mirrored to ')}`);
  },
  // No undo: the row is deleted with the job's end, and while something is left over it must say on which node.
});

/** Before there is anything to undo. */
const verifyOs = step('verify-os', {
  when: ({ isScripted, hasDisks }: Params) => isScripted && hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    await callAgent(ctx, { node }, 'os.verify', { os: instance.os });
  },
});

/** Still before: what the node has of an image stays there for others. */
const deliver = step('deliver-image', {
  when: ({ imageId, hasDisks }: Params) => Boolean(imageId) && hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    await deliverFitting(ctx, { instance, node });
  },
});

/** Nothing else that its nodes were told can change before it is there. */
const paramsOf = (instance: PlacedInstance) => JSON.stringify(resolvedParams(instance));

const define = step('define', {
  async do(ctx: Ctx, { instanceId }: Params) {
    return { params: paramsOf(await defineOnAll(ctx, instanceId)) };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { nodes } = await readPlaced(ctx, instanceId);
    await onEach(nodes, (node) => callAgent(ctx, { node }, 'instance.forget', { instanceId }));
  },
});

const createDisks = step('create-disks', {
  when: ({ hasDisks }: Params) => hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const { wipeDisks: wipe } = instance.cluster;
    await onEach(nodes, async (node) => {
      const disks = toNodeDisks(instance, node.id);
      for (const [index, disk] of disks.entries()) {
        const onProgress = (done: number) => ctx.progress((index + done) / disks.length);
        await callAgent(ctx, { node, onProgress }, 'disk.create', { ...disk, wipe });
      }
    });
    return { wiped: wipe };
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    await onEach(nodes, async (node) => {
      for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
    });
  },
});

const connectMirrors = step('connect-mirrors', {
  when: ({ isMirrored, hasDisks }: Params) => isMirrored && hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const how = ctx.output(createDisks)?.wiped ? 'inSync' : 'thisSide';
    await settleNewMirrors(ctx, { instance, nodes, how });
  },
});

const installOs = step('install-os', {
  when: ({ hasDisks, installsOs }: Params) => hasDisks && installsOs,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    await callAgent(ctx, { node }, 'os.install', { instanceId, about: toAbout(instance) });
  },
});

const start = step('start', {
  when: ({ start: wanted }: Params) => wanted,
  async do(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    const isTold = ctx.output(define)?.params === paramsOf(placed.instance);
    return isTold ? callAgent(ctx, placed, 'instance.start', { instanceId }) : startAsConfigured(ctx, placed);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    await callAgent(ctx, placed, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  },
});

const record = step('record', {
  async do(ctx: Ctx, { instanceId, start: wanted }: Params) {
    const observed = ctx.output(start);
    await ctx.change(async (tx, announce) => {
      const { ownerId, clusterId } = await changeInstance(tx, instanceId, (before) => ({
        lifecycle: 'ready',
        adminState: wanted ? 'up' : 'down',
        ...(observed && seenBy(before, observed)),
      }));
      announce({ kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
    });
  },
});

export const instanceCreate = operation({
  name: 'instance.create',
  params: Params,
  locks: ({ instanceId, nodeId, secondaryId, imageId }) => ({
    image: { shared: [imageId].filter(isPresent) },
    instance: [instanceId],
    node: { shared: [nodeId, secondaryId].filter(isPresent) },
  }),
  steps: [place, verifyOs, deliver, define, createDisks, connectMirrors, installOs, start, record],
  abandon: async (tx, { instanceId, start: wanted }, { undone, announce }) => {
    const instance = await findInstance(tx, instanceId);
    if (!instance) return 'release';
    announce({ kind: 'cluster', id: instance.clusterId });
    if (undone || !instance.nodeId) {
      await tx.instance.delete({ where: { id: instanceId } });
      return 'release';
    }
    // Something is left on the node: the instance stays, and is charged, until it is removed.
    const adminState = wanted ? 'up' : 'down';
    await changeInstance(tx, instanceId, () => ({ lifecycle: 'ready', adminState }));
    return 'keep';
  },
});

const isPresent = (id: string | null | undefined): id is string => Boolean(id);

/** Answers the nodes' names. Placed once: a repeated step keeps the choice. */
async function placeInstance(tx: Tx, announce: Announce, params: Params): Promise<string[]> {
  const instance = await readInstance(tx, params.instanceId);
  const placed = [instance.node, instance.secondary].flatMap((node) => node?.name ?? []);
  if (placed.length > 0) return placed;
  await lockAllocation(tx, instance.clusterId);
  const snapshot = await loadNodeSnapshots(tx, { clusterId: instance.clusterId });
  const { nodeId, secondaryId } = chooseNodes(snapshot, {
    ...toPlacementWish(instance, params),
    ...(params.nodeId && { nodeId: params.nodeId }),
    ...(params.secondaryId && { secondaryId: params.secondaryId }),
  });
  await tx.instance.update({
    where: { id: instance.id },
    data: { nodeId, secondaryId },
    select: { id: true },
  });
  const nodes = [nodeId, secondaryId].flatMap((id) => snapshot.find((node) => node.id === id) ?? []);
  const [primary] = nodes;
  if (primary) await placeDisks(tx, { ...instance, nodeId, secondaryId }, primary.diskParams);
  announce(
    { kind: 'instance', id: instance.id, ownerId: instance.ownerId },
    ...nodes.map(({ id }) => ({ kind: 'node' as const, id })),
  );
  return nodes.map((node) => node.name);
}
