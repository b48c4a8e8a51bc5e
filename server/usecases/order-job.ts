// Accepting a job on an instance: the one way from a wish to a job for everything but its creation.
import { AppError } from '@/contract/errors';
import { type InstanceAction, whyNot } from '@/contract/instance-actions';
import type { OperationName } from '@/contract/operations';
import type { Action } from '@/contract/permissions';
import type { Accepted } from '@/contract/schemas/common';
import { DiskTemplate } from '@/contract/schemas/disk';
import type { Amounts, QuotaPolicy } from '@/contract/schemas/quota';
import { InstanceStatus } from '@/contract/states';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Json, Tx } from '../db/client';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy, submitJob } from '../jobs/submit';
import { lockQuota } from '../quotas/accounts';
import { noAmounts } from '../quotas/charge';
import { reserve } from '../quotas/ledger';
import { instanceTarget } from './instances';
import { refusalText } from './refusal-text';

export type LockedInstance = Awaited<ReturnType<typeof lockInstance>>;

export type Order = {
  action: InstanceAction;
  access: Action;
  operation: OperationName;
  id: string;
  /** Besides the instance's id. */
  params?: { [name: string]: Json };
  /** Besides the parameters, for the audit trail. */
  details?: { [name: string]: Json };
  /** What the job reserves of the owner's quota. */
  charge?: (instance: LockedInstance, policy: QuotaPolicy) => Amounts;
  check?: (instance: LockedInstance) => void;
  /** Writes what the job works on, in the transaction that accepts it; what it answers are parameters too. */
  prepare?: (tx: Tx, instance: LockedInstance) => Promise<{ [name: string]: Json }>;
};

/** Authorizes, locks, refuses by the instance's state, reserves, and hands the job over: together or not at all. */
export async function order(ctx: Ctx, wish: Order): Promise<Accepted> {
  const actor = await authorize(ctx, wish.access, await instanceTarget(ctx.db, wish.id));
  return transact(ctx.db, (tx) => accept(tx, wish, actor));
}

async function accept(tx: Tx, { action, operation, ...wish }: Order, actor: Actor): Promise<Accepted> {
  const instance = await lockInstance(tx, wish.id);
  const { id, name, clusterId, ownerId } = instance;
  wish.check?.(instance);
  await requireAllowed(tx, instance, action);
  const policy = await lockQuota(tx, { ownerId, clusterId });
  const prepared = await wish.prepare?.(tx, instance);
  const params = { instanceId: id, ...wish.params, ...prepared };
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
    details: { ...wish.params, ...wish.details },
  });
  await publish(tx, { kind: 'instance', id, ownerId });
  return { jobId, instanceId: id };
}

/** Locked until commit: of two requests at the same moment, the second sees the first one's job. */
export async function lockInstance(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.instance.findUnique({
    where: { id },
    select: {
      ...{ id: true, name: true, clusterId: true, ownerId: true, status: true, adminState: true },
      ...{ hypervisor: true, vcpus: true, memoryMiB: true, minMemoryMiB: true, diskTemplate: true },
      ...{ nodeId: true, secondaryId: true },
      nics: { select: { id: true, index: true } },
      disks: { select: { id: true, index: true, sizeMiB: true, name: true, mode: true, lifecycle: true } },
    },
  });
  if (!row) throw notFound({ kind: 'instance', id });
  const disksMiB = row.disks.map((disk) => disk.sizeMiB);
  return { ...row, disksMiB, diskTemplate: DiskTemplate.parse(row.diskTemplate) };
}

async function requireAllowed(tx: Tx, instance: LockedInstance, action: InstanceAction): Promise<void> {
  const reason = whyNot(action, InstanceStatus.parse(instance.status), false);
  if (!reason) return refuseIfBusy(tx, instance);
  throw new AppError('wrong_state', `Cannot ${action} ${instance.name}: ${refusalText[reason]}`, {
    details: { reason },
  });
}
