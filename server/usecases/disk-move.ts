// Moving a disk from one instance to another one: whoever may change the disks of both may do it.
import { AppError } from '@/contract/errors';
import { whyNotMoved } from '@/contract/disk-move';
import { whyNot } from '@/contract/instance-actions';
import type { Accepted } from '@/contract/schemas/common';
import { DiskTemplate } from '@/contract/schemas/disk';
import type { DiskMove, DiskTargets } from '@/contract/schemas/instance-actions';
import { InstanceStatus } from '@/contract/states';
import type { Actor } from '../auth/actor';
import { authorize, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { visibleInstances } from '../db/instances';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy, submitJob } from '../jobs/submit';
import { lockQuota } from '../quotas/accounts';
import { noAmounts } from '../quotas/charge';
import { reserve } from '../quotas/ledger';
import { needDisk } from './instance-disks';
import { instanceTarget } from './instances';
import { type LockedInstance, lockInstance } from './order-job';
import { refusalText } from './refusal-text';

type OnDisk = { id: string; diskId: string };

export async function moveDisk(ctx: Ctx, wish: OnDisk & DiskMove): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.disks', await instanceTarget(ctx.db, wish.id));
  await authorize(ctx, 'instance.disks', await instanceTarget(ctx.db, wish.toInstanceId));
  return transact(ctx.db, (tx) => accept(tx, wish, actor));
}

async function accept(
  tx: Tx,
  { id, diskId, toInstanceId }: OnDisk & DiskMove,
  actor: Actor,
): Promise<Accepted> {
  const { from, to } = await lockBoth(tx, id, toInstanceId);
  const disk = needDisk(from, diskId);
  const cannot = `Cannot move disk ${disk.index} of ${from.name} to ${to.name}`;
  const refusal = whyNotMoved(disk, from, to);
  if (refusal) throw new AppError('wrong_state', `${cannot}: ${refusal}`);
  if (disk.lifecycle === 'creating' || disk.lifecycle === 'removing')
    throw new AppError('wrong_state', `${cannot}: it is not wholly there`);
  for (const one of [from, to]) {
    const reason = whyNot('grow', InstanceStatus.parse(one.status), false);
    if (reason) throw new AppError('wrong_state', `${cannot}: ${refusalText[reason]} (${one.name})`);
    await refuseIfBusy(tx, one);
  }
  const { clusterId } = from;
  await lockQuota(tx, { ownerId: to.ownerId, clusterId });
  const isSameOwner = from.ownerId === to.ownerId;
  const target = { kind: 'instance', id, name: from.name } as const;
  const jobId = await submitJob(tx, {
    ...{ operation: 'disk.move', params: { instanceId: id, diskId, toInstanceId }, target, clusterId },
    // What it says names both instances: of two owners neither is to read of the other's.
    ...{ ownerId: isSameOwner ? from.ownerId : null, createdById: actor.userId },
  });
  const amounts = { ...noAmounts, diskMiB: disk.sizeMiB };
  // An owner that keeps the disk needs no more than before, though it is counted twice while the job works.
  const receiver = { ownerId: to.ownerId, clusterId, instanceId: to.id };
  await reserve(tx, { ...receiver, jobId, amounts, exceed: isSameOwner });
  await recordAudit(tx, {
    ...{ action: 'disk.move', outcome: 'accepted', actor, address: actor.address, target, jobId },
    ...{ ownerId: from.ownerId, details: { diskId, toInstanceId } },
  });
  for (const { id: changed, ownerId } of [from, to])
    await publish(tx, { kind: 'instance', id: changed, ownerId });
  return { jobId, instanceId: id };
}

/** In the order of their ids, so that of two moves in opposite directions none waits for the other one's lock. */
async function lockBoth(
  tx: Tx,
  fromId: string,
  toId: string,
): Promise<{ from: LockedInstance; to: LockedInstance }> {
  const [first = '', second = ''] = [fromId, toId].sort();
  const one = await lockInstance(tx, first);
  const other = await lockInstance(tx, second);
  return one.id === fromId ? { from: one, to: other } : { from: other, to: one };
}

/** As far as `most`, by name. */
export async function listDiskTargets(ctx: Ctx, { id, diskId }: OnDisk): Promise<DiskTargets> {
  const actor = await authorize(ctx, 'instance.disks', await instanceTarget(ctx.db, id));
  const from = await ctx.db.instance.findUniqueOrThrow({ where: { id }, select: owningColumns });
  const disk = from.disks.find((one) => one.id === diskId);
  if (!disk) throw new AppError('not_found', `${from.name} does not have this disk`);
  const { clusterId, diskTemplate, nodeId, secondaryId } = from;
  const alike = {
    ...{ clusterId, diskTemplate, lifecycle: 'ready', id: { not: id } },
    OR: [
      { nodeId, secondaryId },
      { nodeId: secondaryId, secondaryId: nodeId },
    ],
  };
  const found = await ctx.db.instance.findMany({
    ...{ where: { AND: [visibleInstances(actor), alike] }, select: owningColumns },
    ...{ orderBy: [{ name: 'asc' }, { id: 'asc' }], take: most },
  });
  const fits = found.filter((to) => whyNotMoved(disk, parsed(from), parsed(to)) === null);
  return { items: fits.map(({ id: toId, name, owner }) => ({ id: toId, name, owner })) };
}

const most = 500;

const owningColumns = {
  ...{ id: true, name: true, clusterId: true, diskTemplate: true, nodeId: true, secondaryId: true },
  owner: { select: { id: true, name: true } },
  disks: { select: { id: true, name: true } },
} as const;

const parsed = <T extends { diskTemplate: string }>(row: T) => ({
  ...row,
  diskTemplate: DiskTemplate.parse(row.diskTemplate),
});
