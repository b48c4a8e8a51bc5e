// An instance with everything that operations need of it, read fresh by each step.
import type { AgentCall, AgentParams, AgentResult } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { DiskTemplate } from '@/contract/schemas/disk';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { OsChoice } from '@/contract/schemas/instance';
import { QuotaPolicy } from '@/contract/schemas/quota';
import type { CallOptions } from '../agents/agent-client';
import type { Queryable } from '../db/client';
import type { Ctx } from './services';

const nodeColumns = {
  select: {
    ...{ id: true, name: true, address: true, state: true, drained: true, fencedAt: true, facts: true },
    clusterId: true,
    group: { select: { diskParams: true } },
  },
} as const;

const parts = {
  node: nodeColumns,
  secondary: nodeColumns,
  cluster: { select: { quotaPolicy: true, diskParams: true, hvParams: true, wipeDisks: true } },
  disks: { orderBy: { index: 'asc' }, include: { mirror: { include: { sides: true } } } },
  nics: { orderBy: { index: 'asc' } },
} as const;

type PlacedRow = NonNullable<Awaited<ReturnType<typeof findRow>>>;
export type PlacedInstance = ReturnType<typeof toPlaced>;
export type PlacedDisk = PlacedInstance['disks'][number];
export type InstanceNode = NonNullable<PlacedInstance['node']>;
type CalledNode = { id: string; name: string; address: string; state?: string };

export async function readInstance(db: Queryable, id: string) {
  const instance = await findInstance(db, id);
  if (instance) return instance;
  throw new AppError('not_found', 'The instance does not exist any more', { details: { instanceId: id } });
}

export async function findInstance(db: Queryable, id: string): Promise<PlacedInstance | null> {
  const row = await findRow(db, id);
  return row && toPlaced(row);
}

function findRow(db: Queryable, id: string) {
  return db.instance.findUnique({ where: { id }, include: parts });
}

/** All of a cluster, and those of others that are placed on its nodes. */
export async function listPlaced(db: Queryable, clusterId: string): Promise<PlacedInstance[]> {
  const OR = [{ clusterId }, { node: { clusterId } }, { secondary: { clusterId } }];
  const rows = await db.instance.findMany({ where: { OR }, include: parts, orderBy: { name: 'asc' } });
  return rows.map(toPlaced);
}

function toPlaced(row: PlacedRow) {
  return {
    ...row,
    hypervisor: HypervisorKind.parse(row.hypervisor),
    os: OsChoice.parse(row.os),
    diskTemplate: DiskTemplate.parse(row.diskTemplate),
    policy: QuotaPolicy.parse(row.cluster.quotaPolicy),
    disksMiB: row.disks.map((disk) => disk.sizeMiB),
  };
}

/** Any node as operations call it. */
export function findNode(db: Queryable, id: string): Promise<InstanceNode | null> {
  return db.node.findUnique({ where: { id }, ...nodeColumns });
}

/** The instance and the node it is placed on; `nodes` are that one and the one that holds its mirrors, if there is one. */
export async function readPlaced(
  ctx: Ctx,
  id: string,
): Promise<{ instance: PlacedInstance; node: InstanceNode; nodes: InstanceNode[] }> {
  const instance = await readInstance(ctx.db, id);
  const { node, secondary } = instance;
  if (!node) throw new AppError('wrong_state', `${instance.name} is on no node`);
  return { instance, node, nodes: secondary ? [node, secondary] : [node] };
}

/** Also the secondary node, of an instance that must have one. */
export async function readMirrored(
  ctx: Ctx,
  id: string,
): Promise<{ instance: PlacedInstance; node: InstanceNode; secondary: InstanceNode }> {
  const { instance, node } = await readPlaced(ctx, id);
  if (instance.secondary) return { instance, node, secondary: instance.secondary };
  throw new AppError('wrong_state', `The disks of ${instance.name} are not mirrored to another node`);
}

/** Refuses what can only be done with an instance that is wholly there. */
export async function requireReady(ctx: Ctx, id: string, doing: string): Promise<void> {
  const { instance } = await readPlaced(ctx, id);
  if (instance.lifecycle === 'ready') return;
  throw new AppError(
    'wrong_state',
    `Cannot ${doing} ${instance.name}: it is in the state ${instance.lifecycle}`,
  );
}

/** Calls the agent with the step's signal; what it says goes to the job's log, its progress to the step's. */
export function callAgent<C extends AgentCall>(
  ctx: Ctx,
  { node, ...options }: { node: CalledNode } & CallOptions,
  ...[name, params]: [name: C, params: AgentParams<C>]
): Promise<AgentResult<C>> {
  return ctx.services.agents.call(node, name, params, {
    signal: ctx.signal,
    // Who says meanwhile that it is off says that there is nothing to wait for.
    mayAnswer: async () => node.state === 'offline' || !(await isOffline(ctx, node.id)),
    onLog: (message, level) => ctx.log(message, level),
    onProgress: ctx.progress,
    ...options,
  });
}

async function isOffline({ db }: Ctx, id: string): Promise<boolean> {
  return (await db.node.findUnique({ where: { id }, select: { state: true } }))?.state === 'offline';
}

/** The same on several nodes at once; all have ended when it throws the first failure. */
export async function onEach<N>(nodes: readonly N[], work: (node: N) => Promise<unknown>): Promise<void> {
  const results = await Promise.allSettled(nodes.map(work));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
