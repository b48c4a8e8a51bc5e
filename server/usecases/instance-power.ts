// Start, stop, reboot and remove: refused where the instance's state says so, else accepted as a job.
import { AppError } from '@/contract/errors';
import type { Action } from '@/contract/permissions';
import type { Accepted } from '@/contract/schemas/common';
import { DiskTemplate } from '@/contract/schemas/disk';
import { type InstanceReboot, type InstanceRemove, type InstanceStop } from '@/contract/schemas/instance';
import { noAmounts, powerChargeOf } from '../quotas/charge';
import type { Amounts, QuotaPolicy } from '@/contract/schemas/quota';
import type { OperationName } from '@/contract/operations';
import { whyNot, type InstanceAction } from '@/contract/instance-actions';
import { InstanceStatus } from '@/contract/states';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Json, Tx } from '../db/client';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy, submitJob } from '../jobs/submit';
import { lockQuota } from '../quotas/accounts';
import { reserve } from '../quotas/ledger';
import { instanceTarget } from './instances';
import { invalidField } from './invalid-field';
import { refusalText } from './refusal-text';

type PowerAction = Extract<InstanceAction, 'start' | 'stop' | 'reboot' | 'remove'>;
type Locked = Awaited<ReturnType<typeof lockInstance>>;

type Order = {
  action: PowerAction;
  access: Action;
  operation: OperationName;
  id: string;
  /** Besides the instance's id. */
  params?: Record<string, boolean | number>;
  /** What the job reserves of the owner's quota. */
  charge?: (instance: Locked, policy: QuotaPolicy) => Amounts;
  check?: (instance: Locked) => void;
};

export function startInstance(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  return order(ctx, {
    action: 'start',
    access: 'instance.power',
    operation: 'instance.start',
    id,
    // What was stopped by its guest alone still has its admin state up, and has been charged all the time.
    charge: (instance, policy) =>
      instance.adminState === 'up' ? noAmounts : powerChargeOf(instance, policy),
  });
}

export function stopInstance(ctx: Ctx, { id, ...params }: { id: string } & InstanceStop): Promise<Accepted> {
  return order(ctx, { action: 'stop', access: 'instance.power', operation: 'instance.stop', id, params });
}

export function rebootInstance(
  ctx: Ctx,
  { id, ...params }: { id: string } & InstanceReboot,
): Promise<Accepted> {
  return order(ctx, { action: 'reboot', access: 'instance.power', operation: 'instance.reboot', id, params });
}

export function removeInstance(
  ctx: Ctx,
  { id, confirmName }: { id: string } & InstanceRemove,
): Promise<Accepted> {
  return order(ctx, {
    action: 'remove',
    access: 'instance.remove',
    operation: 'instance.remove',
    id,
    check: ({ name }) => {
      if (name !== confirmName) throw invalidField(['confirmName'], `Type ${name} to remove it.`);
    },
  });
}

async function order(ctx: Ctx, wish: Order): Promise<Accepted> {
  const actor = await authorize(ctx, wish.access, await instanceTarget(ctx.db, wish.id));
  return transact(ctx.db, (tx) => accept(tx, wish, actor));
}

async function accept(tx: Tx, { action, operation, ...wish }: Order, actor: Actor): Promise<Accepted> {
  const instance = await lockInstance(tx, wish.id);
  const { id, name, clusterId, ownerId } = instance;
  wish.check?.(instance);
  await requireAllowed(tx, instance, action);
  const policy = await lockQuota(tx, { ownerId, clusterId });
  const params: Json = { instanceId: id, ...wish.params };
  const target = { kind: 'instance', id, name } as const;
  const jobId = await submitJob(tx, {
    operation,
    params,
    target,
    clusterId,
    ownerId,
    createdById: actor.userId,
  });
  const amounts = wish.charge?.(instance, policy) ?? noAmounts;
  await reserve(tx, { ownerId, clusterId, instanceId: id, jobId, amounts });
  await recordAudit(tx, {
    ...{ action: operation, outcome: 'accepted', actor, address: actor.address, target, ownerId, jobId },
    details: wish.params ?? {},
  });
  await publish(tx, { kind: 'instance', id, ownerId });
  return { jobId, instanceId: id };
}

/** Locked until commit: of two requests at the same moment, the second sees the first one's job. */
async function lockInstance(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.instance.findUnique({
    where: { id },
    select: {
      ...{ id: true, name: true, clusterId: true, ownerId: true, status: true, adminState: true },
      ...{ vcpus: true, memoryMiB: true, diskTemplate: true },
      disks: { select: { sizeMiB: true } },
    },
  });
  if (!row) throw notFound({ kind: 'instance', id });
  const disksMiB = row.disks.map((disk) => disk.sizeMiB);
  return { ...row, disksMiB, diskTemplate: DiskTemplate.parse(row.diskTemplate) };
}

async function requireAllowed(tx: Tx, instance: Locked, action: PowerAction): Promise<void> {
  const reason = whyNot(action, InstanceStatus.parse(instance.status), false);
  if (!reason) return refuseIfBusy(tx, instance);
  throw new AppError('wrong_state', `Cannot ${action} ${instance.name}: ${refusalText[reason]}`, {
    details: { reason },
  });
}
