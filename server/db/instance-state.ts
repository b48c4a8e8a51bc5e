// Changes of an instance's states. Invariant: `status` always follows from the other states, the nodes' and the cluster's settings, whoever
// changes them; the row lock keeps an operation and a watcher from writing over each other.
import type { RunningMachine } from '@/contract/agent-live-calls';
import { AppError } from '@/contract/errors';
import {
  AdminSource,
  AdminState,
  instanceStatus,
  type InstanceStatus,
  Lifecycle,
  NodeState,
  OperState,
} from '@/contract/states';
import type { Tx } from './client';
import { Prisma } from './generated/client';
import { resolvedParams } from './hv-params';

export type InstanceStates = {
  lifecycle: Lifecycle;
  adminState: AdminState;
  adminSource: AdminSource;
  operState: OperState;
  operSince: Date | null;
  operDetail: string | null;
  accelerator: string | null;
  disksActive: boolean;
};
type Ownership = { id: string; ownerId: string | null; clusterId: string };
type Surroundings = {
  nodeId: string | null;
  nodeState: string | null;
  /** Another node that saw it running there. */
  elsewhereId: string | null;
  elsewhereState: string | null;
  honoursUserShutdown: boolean;
};
export type StatefulInstance = InstanceStates & Ownership & Surroundings & { status: string };

/** Which instances: those given, those placed on a node, those that its state says something of, or those of a cluster. */
export type Which =
  | { ids: string[] }
  | { nodeId: string; ids: string[] | null }
  | { aboutNodeId: string }
  | { clusterId: string };

/**
 * Locks and changes one instance; `change` answers only what is new. An admin state that is set without its source is somebody's wish. Answers
 * whose and where it is; throws when it is gone.
 */
export async function changeInstance(
  tx: Tx,
  id: string,
  change: (instance: StatefulInstance) => Partial<InstanceStates>,
): Promise<{ ownerId: string | null; clusterId: string }> {
  const [before] = await lockInstances(tx, { ids: [id] });
  if (!before)
    throw new AppError('not_found', 'The instance does not exist any more', { details: { instanceId: id } });
  const changed = change(before);
  const after = { ...before, ...(changed.adminState && { adminSource: 'admin' as const }), ...changed };
  const { lifecycle, adminState, adminSource, operState, operSince, operDetail, accelerator, disksActive } =
    after;
  const states = { lifecycle, adminState, adminSource, operState, operSince, operDetail, accelerator };
  const data = { ...states, disksActive, status: statusOf(after), ...(isDown(operState) && noMachine) };
  await tx.instance.update({ where: { id }, data, select: { id: true } });
  return { ownerId: before.ownerId, clusterId: before.clusterId };
}

/** What a machine was made of that is no more counts for nothing. */
const noMachine = { machine: Prisma.DbNull };
const isDown = (state: OperState) => state === 'absent' || state === 'shutdown' || state === 'crashed';

/** After a start. null: it is made of what is configured. */
export async function recordMachine(tx: Tx, id: string, machine: RunningMachine | null): Promise<void> {
  await tx.instance.update({ where: { id }, data: machine ? { machine } : noMachine, select: { id: true } });
}

/**
 * Brings statuses in line after a node's state or a cluster's settings changed. Answers those that look different now: whose status changed, and
 * those whose mirrors have a side on the node, which is told with the node's state.
 */
export async function refreshStatuses(
  tx: Tx,
  which: Which,
): Promise<{ id: string; ownerId: string | null }[]> {
  const rows = await lockInstances(tx, which);
  const changed = rows
    .map((row) => ({ row, status: statusOf(row) }))
    .filter(({ row, status }) => row.status !== status);
  for (const status of new Set(changed.map((one) => one.status))) {
    const ids = changed.filter((one) => one.status === status).map(({ row }) => row.id);
    await tx.instance.updateMany({ where: { id: { in: ids } }, data: { status } });
  }
  const mirrored = 'aboutNodeId' in which ? await mirroredTo(tx, which.aboutNodeId) : [];
  const others = mirrored.filter(({ id }) => !changed.some(({ row }) => row.id === id));
  return [...changed.map(({ row }) => ({ id: row.id, ownerId: row.ownerId })), ...others];
}

function mirroredTo(tx: Tx, nodeId: string): Promise<{ id: string; ownerId: string | null }[]> {
  return tx.instance.findMany({
    where: { secondaryId: nodeId },
    select: { id: true, ownerId: true },
    orderBy: { id: 'asc' },
  });
}

export function statusOf(instance: StatefulInstance): InstanceStatus {
  const { nodeId, nodeState, elsewhereId, elsewhereState } = instance;
  return instanceStatus({
    ...instance,
    nodeState: nodeState === null ? null : NodeState.parse(nodeState),
    // What is known to be off runs nothing; one that only fell silent may go on running it.
    runsElsewhere: elsewhereId !== null && elsewhereId !== nodeId && elsewhereState !== 'offline',
  });
}

type StoredRow = Ownership &
  Omit<Surroundings, 'honoursUserShutdown'> &
  Pick<InstanceStates, 'operSince' | 'operDetail' | 'accelerator' | 'disksActive'> &
  Record<'lifecycle' | 'adminState' | 'adminSource' | 'operState' | 'status' | 'hypervisor', string> & {
    userShutdown: boolean;
    hvParams: unknown;
    clusterHvParams: unknown;
  };

/** In the order of their ids, so that two writers cannot wait for each other. What is around them is read when they are locked. */
export async function lockInstances(tx: Tx, which: Which): Promise<StatefulInstance[]> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT i.id FROM "Instance" i WHERE ${conditionOf(which)} ORDER BY i.id FOR UPDATE`;
  const ids = locked.map(({ id }) => id);
  if (ids.length === 0) return [];
  const rows = await tx.$queryRaw<StoredRow[]>`
    SELECT i.id, i."ownerId", i."clusterId", i."nodeId", i."elsewhereId", i.lifecycle, i."adminState", i."adminSource",
      i."operState", i."operSince", i."operDetail", i.accelerator, i."disksActive", i.status, i.hypervisor, i."hvParams",
      n.state AS "nodeState", e.state AS "elsewhereState", c."userShutdown", c."hvParams" AS "clusterHvParams"
    FROM "Instance" i JOIN "Cluster" c ON c.id = i."clusterId"
    LEFT JOIN "Node" n ON n.id = i."nodeId" LEFT JOIN "Node" e ON e.id = i."elsewhereId"
    WHERE i.id = ANY(${ids}::uuid[]) ORDER BY i.id`;
  return rows.map(toStateful);
}

function conditionOf(which: Which): Prisma.Sql {
  if ('clusterId' in which) return Prisma.sql`i."clusterId" = ${which.clusterId}::uuid`;
  if ('aboutNodeId' in which)
    return Prisma.sql`(i."nodeId" = ${which.aboutNodeId}::uuid OR i."elsewhereId" = ${which.aboutNodeId}::uuid)`;
  const isGiven = Prisma.sql`i.id = ANY(${which.ids ?? []}::uuid[])`;
  if (!('nodeId' in which)) return isGiven;
  const isThere = Prisma.sql`i."nodeId" = ${which.nodeId}::uuid`;
  return which.ids === null ? isThere : Prisma.sql`${isThere} AND ${isGiven}`;
}

function toStateful({
  hypervisor,
  hvParams,
  clusterHvParams,
  userShutdown,
  ...row
}: StoredRow): StatefulInstance {
  return {
    ...row,
    lifecycle: Lifecycle.parse(row.lifecycle),
    adminState: AdminState.parse(row.adminState),
    adminSource: AdminSource.parse(row.adminSource),
    operState: OperState.parse(row.operState),
    honoursUserShutdown:
      userShutdown &&
      (hypervisor === 'simulated' ||
        resolvedParams({ hypervisor, hvParams, cluster: { hvParams: clusterHvParams } }).userShutdown),
  };
}
