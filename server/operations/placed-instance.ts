// An instance with everything that operations need of it, read fresh by each step.
import type { AgentCall, AgentParams, AgentResult } from '@/contract/agent-calls';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { DiskTemplate, HypervisorKind, NicMode, OsChoice } from '@/contract/schemas/instance';
import { QuotaPolicy } from '@/contract/schemas/quota';
import type { CallOptions } from '../agents/agent-client';
import type { Queryable } from '../db/client';
import type { Ctx } from './services';

const parts = {
  node: { select: { id: true, name: true, address: true, state: true } },
  cluster: { select: { quotaPolicy: true } },
  disks: { orderBy: { index: 'asc' } },
  nics: { orderBy: { index: 'asc' } },
} as const;

export type PlacedInstance = Awaited<ReturnType<typeof readInstance>>;
type CalledNode = { id: string; name: string; address: string };

export async function readInstance(db: Queryable, id: string) {
  const instance = await findInstance(db, id);
  if (instance) return instance;
  throw new AppError('not_found', 'The instance does not exist any more', { details: { instanceId: id } });
}

export async function findInstance(db: Queryable, id: string) {
  const row = await db.instance.findUnique({ where: { id }, include: parts });
  if (!row) return null;
  return {
    ...row,
    hypervisor: HypervisorKind.parse(row.hypervisor),
    os: OsChoice.parse(row.os),
    diskTemplate: DiskTemplate.parse(row.diskTemplate),
    policy: QuotaPolicy.parse(row.cluster.quotaPolicy),
    disksMiB: row.disks.map((disk) => disk.sizeMiB),
  };
}

/** The instance and the node it is placed on. */
export async function readPlaced(
  ctx: Ctx,
  id: string,
): Promise<{ instance: PlacedInstance; node: CalledNode }> {
  const instance = await readInstance(ctx.db, id);
  if (!instance.node) throw new AppError('wrong_state', `${instance.name} is on no node`);
  return { instance, node: instance.node };
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
    onLog: (message, level) => ctx.log(message, level),
    onProgress: ctx.progress,
    ...options,
  });
}

export function toDefinition(instance: PlacedInstance): InstanceDefinition {
  const { id, name, hypervisor, os, vcpus, memoryMiB, diskTemplate } = instance;
  return {
    ...{ id, name, hypervisor, os, vcpus, memoryMiB, diskTemplate },
    disks: instance.disks.map(({ id: diskId, index, sizeMiB }) => ({ id: diskId, index, sizeMiB })),
    nics: instance.nics.map(({ id: nicId, index, mode, link, mac }) => ({
      id: nicId,
      index,
      mode: NicMode.parse(mode),
      link,
      mac,
    })),
  };
}
