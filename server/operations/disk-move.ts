// Makes a disk of one instance a disk of another one, which lies on the same nodes: its data stay where they are. A running guest lets go of it
// first, and the next one gets it at once. Until the last step everything can be given back, quota included.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { RunningMachine } from '@/contract/agent-live-calls';
import { freeIndex, whyNotMoved } from '@/contract/disk-move';
import { Id } from '@/contract/names';
import type { Tx } from '../db/client';
import { operation, step } from '../jobs/operation';
import { noAmounts } from '../quotas/charge';
import { giveBack, takeBack } from '../quotas/ledger';
import { defineOnAll } from './define-on-all';
import { needOutput } from './look-at-instance';
import { lookAtMirrors, requireMirrored } from './mirrors';
import { pairOf, toNodeDisk } from './node-disks';
import { callAgent, onEach, readInstance, readPlaced, requireReady } from './placed-instance';
import { plugAgain, plugIn, setLifecycle, takeOut, unplug } from './plug-disk';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, diskId: Id, toInstanceId: Id });
type Params = z.infer<typeof Params>;

const atReceiver = ({ diskId, toInstanceId }: Params) => ({ diskId, instanceId: toInstanceId });

const look = step('look', {
  async do(ctx: Ctx, { instanceId, diskId }: Params) {
    const { instance } = await readPlaced(ctx, instanceId);
    const disk = instance.disks.find(({ id }) => id === diskId);
    if (!disk) throw new AppError('not_found', `${instance.name} does not have this disk any more`);
    return { index: disk.index };
  },
});

const unplugDisk = step('unplug-disk', {
  do: (ctx: Ctx, disk: Params) => unplug(ctx, disk),
  undo: (ctx: Ctx, disk: Params) => plugAgain(ctx, disk),
});

const detach = step('detach-disk', {
  async do(ctx: Ctx, disk: Params) {
    await setLifecycle(ctx, disk, 'moving');
    await defineOnAll(ctx, disk.instanceId);
  },
  async undo(ctx: Ctx, disk: Params) {
    if (ctx.output(look) === undefined) return;
    await setLifecycle(ctx, disk, 'ready');
    await defineOnAll(ctx, disk.instanceId);
  },
});

const give = step('give-disk', {
  do: (ctx: Ctx, params: Params) => giveOnNodes(ctx, params, 'forward'),
  undo: (ctx: Ctx, params: Params) => giveOnNodes(ctx, params, 'back'),
});

const record = step('record-move', {
  do: (ctx: Ctx, params: Params) => handOver(ctx, params),
  undo: (ctx: Ctx, params: Params) => handBack(ctx, params),
});

const plug = step('plug-disk', {
  do: (ctx: Ctx, params: Params) => plugIn(ctx, atReceiver(params)),
  undo: (ctx: Ctx, params: Params) => takeOut(ctx, atReceiver(params), 'moving'),
});

export const diskMove = operation({
  name: 'disk.move',
  params: Params,
  locks: ({ instanceId, toInstanceId }) => ({ instance: [instanceId, toInstanceId] }),
  check: requireMovable,
  steps: [look, unplugDisk, detach, give, record, plug],
  abandon: async (tx, { diskId, toInstanceId }, { announce }) => {
    const disk = await tx.disk.findUnique({ where: { id: diskId }, include: { instance: true } });
    if (disk?.instanceId !== toInstanceId) return 'release';
    // It could not be given back: whoever has it is charged.
    announce({ kind: 'instance', id: toInstanceId, ownerId: disk.instance.ownerId });
    return 'keep';
  },
});

async function requireMovable(ctx: Ctx, { instanceId, diskId, toInstanceId }: Params): Promise<void> {
  await requireReady(ctx, instanceId, 'move a disk of');
  await requireReady(ctx, toInstanceId, 'move a disk to');
  const { instance: from, nodes } = await readPlaced(ctx, instanceId);
  const { instance: to, node } = await readPlaced(ctx, toInstanceId);
  const disk = from.disks.find(({ id }) => id === diskId);
  if (!disk) throw new AppError('not_found', `${from.name} does not have this disk`);
  const cannot = `Cannot move disk ${disk.index} of ${from.name} to ${to.name}`;
  const refusal = whyNotMoved(disk, from, to);
  if (refusal) throw new AppError('wrong_state', `${cannot}: ${refusal}`);
  const away = nodes.find(({ state }) => state !== 'online');
  if (away) throw new AppError('wrong_state', `${cannot}: ${away.name} is ${away.state}`);
  const inactive = [from, to].find(({ disksActive }) => !disksActive);
  if (inactive) throw new AppError('wrong_state', `${cannot}: the disks of ${inactive.name} are deactivated`);
  // Where the two run on different nodes, the other side has to be as good as the one that was written to.
  const alone = { ...from, disks: [disk] };
  if (node.id !== from.nodeId) requireMirrored(alone, node, await lookAtMirrors(ctx, node, alone));
}

/** Its row is that of the giver here, both ways; nodes that have done it already do nothing. */
async function giveOnNodes(ctx: Ctx, params: Params, way: 'forward' | 'back'): Promise<void> {
  const { instanceId, diskId, toInstanceId } = params;
  const { instance, nodes } = await readPlaced(ctx, instanceId);
  const disk = instance.disks.find(({ id }) => id === diskId);
  if (!disk) throw new AppError('not_found', `${instance.name} does not have this disk any more`);
  await onEach(nodes, (node) => {
    const own = toNodeDisk(instance, disk, pairOf(instance, node.id));
    const given =
      way === 'forward'
        ? { ...own, toInstanceId }
        : { ...own, instanceId: toInstanceId, toInstanceId: instanceId };
    return callAgent(ctx, { node }, 'disk.give', given);
  });
}

/** With its row its charge: what the receiver's owner pays for was reserved when the job was accepted. */
async function handOver(ctx: Ctx, { instanceId, diskId, toInstanceId }: Params): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const [from, to] = await lockBoth(tx, instanceId, toInstanceId);
    const disk = from.disks.find(({ id }) => id === diskId);
    if (!disk) return;
    const index = freeIndex(to.disks);
    if (index === null) throw new AppError('wrong_state', `${to.name} has no place left for a disk`);
    await tx.disk.update({ where: { id: diskId }, data: { instanceId: to.id, index } });
    await forgetPlace(tx, from, diskId);
    const { ownerId, clusterId } = from;
    const amounts = { ...noAmounts, diskMiB: disk.sizeMiB };
    await giveBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts });
    announceBoth(announce, from, to);
  });
}

async function handBack(ctx: Ctx, { instanceId, diskId, toInstanceId }: Params): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const [from, to] = await lockBoth(tx, instanceId, toInstanceId);
    if (!to.disks.some(({ id }) => id === diskId)) return;
    const index = freeIndex(from.disks, needOutput(ctx, look).index);
    if (index === null) throw new AppError('wrong_state', `${from.name} has no place left for its disk`);
    await tx.disk.update({ where: { id: diskId }, data: { instanceId, index } });
    await forgetPlace(tx, to, diskId);
    const { ownerId, clusterId } = from;
    await takeBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId });
    announceBoth(announce, from, to);
  });
}

/** In the order of their ids, as whoever accepts disks for one of them locks it: places are chosen by one at a time. */
async function lockBoth(tx: Tx, instanceId: string, toInstanceId: string) {
  for (const id of [instanceId, toInstanceId].sort())
    await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${id}::uuid FOR UPDATE`;
  return [await readInstance(tx, instanceId), await readInstance(tx, toInstanceId)] as const;
}

type Named = { id: string; ownerId: string | null; clusterId: string; machine: unknown };

/** What it was in the running machine of before says nothing when it comes back. */
async function forgetPlace(tx: Tx, { id, machine: stored }: Named, diskId: string): Promise<void> {
  const machine = RunningMachine.safeParse(stored).data;
  if (!machine) return;
  const disks = machine.disks.filter((disk) => disk.id !== diskId);
  await tx.instance.update({ where: { id }, data: { machine: { ...machine, disks } } });
}

function announceBoth(announce: Parameters<Parameters<Ctx['change']>[0]>[1], from: Named, to: Named): void {
  announce(
    { kind: 'instance', id: from.id, ownerId: from.ownerId },
    { kind: 'instance', id: to.id, ownerId: to.ownerId },
    { kind: 'cluster', id: from.clusterId },
  );
}
