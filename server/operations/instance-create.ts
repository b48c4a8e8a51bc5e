// Creates an instance whose row, disks, NICs and quota its acceptance has written already: they are taken back when this does not succeed.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { changeInstance } from '../db/instance-state';
import { loadNodeSnapshots } from '../db/nodes';
import { type Announce, operation, step } from '../jobs/operation';
import { chooseNode, type PlacementWish } from '../placement/choose-node';
import type { Tx } from '../db/client';
import { lockAllocation } from './allocation-lock';
import { seenBy } from './observed-state';
import {
  callAgent,
  findInstance,
  type PlacedInstance,
  readInstance,
  readPlaced,
  toDefinition,
} from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, nodeId: Id.nullish(), start: z.boolean(), hasDisks: z.boolean() });
type Params = z.infer<typeof Params>;

const place = step('choose-node', {
  async do(ctx: Ctx, params: Params) {
    const node = await ctx.change((tx, announce) => placeInstance(tx, announce, params));
    ctx.log(`Placed on ${node}`);
  },
  // No undo: the row is deleted with the job's end, and while something is left over it must say on which node.
});

const define = step('define', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance) });
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    await callAgent(ctx, placed, 'instance.forget', { instanceId });
  },
});

const createDisks = step('create-disks', {
  when: ({ hasDisks }: Params) => hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const { diskTemplate, disks } = instance;
    for (const [index, { id: diskId, sizeMiB }] of disks.entries()) {
      const onProgress = (done: number) => ctx.progress((index + done) / disks.length);
      await callAgent(ctx, { node, onProgress }, 'disk.create', {
        instanceId,
        diskTemplate,
        diskId,
        sizeMiB,
      });
    }
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const { diskTemplate, disks } = instance;
    for (const { id: diskId } of disks)
      await callAgent(ctx, { node }, 'disk.remove', { instanceId, diskTemplate, diskId });
  },
});

const installOs = step('install-os', {
  when: ({ hasDisks }: Params) => hasDisks,
  async do(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    await callAgent(ctx, placed, 'os.install', { instanceId });
  },
});

const start = step('start', {
  when: ({ start: wanted }: Params) => wanted,
  async do(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    return callAgent(ctx, placed, 'instance.start', { instanceId });
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
  locks: ({ instanceId, nodeId }) => ({
    instance: [instanceId],
    ...(nodeId && { node: { shared: [nodeId] } }),
  }),
  steps: [place, define, createDisks, installOs, start, record],
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

/** Answers the node's name. Placed once: a repeated step keeps the choice. */
async function placeInstance(tx: Tx, announce: Announce, params: Params): Promise<string> {
  const instance = await readInstance(tx, params.instanceId);
  if (instance.node) return instance.node.name;
  await lockAllocation(tx, instance.clusterId);
  const snapshot = (await loadNodeSnapshots(tx)).filter((node) => node.clusterId === instance.clusterId);
  const nodeId = chooseNode(snapshot, toWish(instance, params));
  await tx.instance.update({ where: { id: instance.id }, data: { nodeId }, select: { id: true } });
  announce({ kind: 'instance', id: instance.id, ownerId: instance.ownerId }, { kind: 'node', id: nodeId });
  const chosen = snapshot.find((node) => node.id === nodeId);
  if (!chosen)
    throw new AppError('internal', `Cannot place ${instance.name}: the chosen node is not in the cluster`);
  return chosen.name;
}

function toWish(instance: PlacedInstance, { start: wanted, nodeId }: Params): PlacementWish {
  const { hypervisor, diskTemplate, os, memoryMiB, disksMiB } = instance;
  return {
    ...{ hypervisor, diskTemplate, os, memoryMiB, disksMiB },
    instanceName: instance.name,
    bridges: instance.nics.flatMap((nic) => nic.link ?? []),
    start: wanted,
    ...(nodeId && { nodeId }),
  };
}
