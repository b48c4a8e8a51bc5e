// Changes of an instance's states. Invariant: `status` always follows from the other states and the node's, whoever changes them; the row lock
// keeps an operation and a watcher from writing over each other.
import { AppError } from '@/contract/errors';
import {
  AdminState,
  instanceStatus,
  Lifecycle,
  NodeState,
  OperState,
  type StatusInput,
} from '@/contract/states';
import type { Queryable, Tx } from './client';

export type InstanceStates = {
  lifecycle: Lifecycle;
  adminState: AdminState;
  operState: OperState;
  operSince: Date | null;
  operDetail: string | null;
  accelerator: string | null;
};
export type StatefulInstance = InstanceStates & { id: string; ownerId: string | null; status: string };

/** Locks and changes one instance; `change` answers only what is new. Answers whose and where it is; throws when it is gone. */
export async function changeInstance(
  tx: Tx,
  id: string,
  change: (instance: StatefulInstance) => Partial<InstanceStates>,
): Promise<{ ownerId: string | null; clusterId: string }> {
  await tx.$queryRaw`SELECT id FROM "Instance" WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.instance.findUnique({
    where: { id },
    include: { node: { select: { state: true } } },
  });
  if (!row)
    throw new AppError('not_found', 'The instance does not exist any more', { details: { instanceId: id } });
  const before = toStateful(row);
  const after = { ...before, ...change(before) };
  const status = statusOf(after, row.node?.state ?? null);
  const { lifecycle, adminState, operState, operSince, operDetail, accelerator } = after;
  await tx.instance.update({
    where: { id },
    data: { lifecycle, adminState, operState, operSince, operDetail, accelerator, status },
    select: { id: true },
  });
  return { ownerId: row.ownerId, clusterId: row.clusterId };
}

type StoredStates = Record<'lifecycle' | 'adminState' | 'operState', string>;

export function toStateful<R extends StoredStates>(row: R) {
  return {
    ...row,
    lifecycle: Lifecycle.parse(row.lifecycle),
    adminState: AdminState.parse(row.adminState),
    operState: OperState.parse(row.operState),
  };
}

export function statusOf(states: Omit<StatusInput, 'nodeState'>, nodeState: string | null): string {
  return instanceStatus({ ...states, nodeState: nodeState === null ? null : NodeState.parse(nodeState) });
}

/** Brings the statuses of a node's instances in line after the node's state changed. Answers those that changed. */
export async function refreshStatuses(
  db: Queryable,
  node: { id: string; state: string },
): Promise<{ id: string; ownerId: string | null }[]> {
  const rows = await db.instance.findMany({ where: { nodeId: node.id } });
  const changed = rows
    .map((row) => ({ row, status: statusOf(toStateful(row), node.state) }))
    .filter(({ row, status }) => row.status !== status);
  for (const status of new Set(changed.map((one) => one.status))) {
    const ids = changed.filter((one) => one.status === status).map(({ row }) => row.id);
    await db.instance.updateMany({ where: { id: { in: ids } }, data: { status } });
  }
  return changed.map(({ row }) => ({ id: row.id, ownerId: row.ownerId }));
}
