// Emptying a node: the plan is shown, and what is carried out is what was shown, or nothing.
import { createHash } from 'node:crypto';
import { AppError } from '@/contract/errors';
import type { AcceptedBatch } from '@/contract/schemas/batch';
import { DiskTemplate, isMirrored, MirrorStatus } from '@/contract/schemas/disk';
import type {
  EvacuationKind,
  EvacuationMove,
  EvacuationPlan,
  EvacuationRow,
  NodeEvacuate,
} from '@/contract/schemas/evacuation';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { OsChoice } from '@/contract/schemas/instance';
import { unfinishedJobStatuses } from '@/contract/states';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Queryable, Tx } from '../db/client';
import { isFenced, loadNodeSnapshots } from '../db/nodes';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { type EvacuatedInstance, planEvacuation } from '../placement/plan-evacuation';
import { lockNode } from './nodes';
import { type BatchJob, submitBatch } from './submit-batch';

export async function getEvacuationPlan(
  ctx: Ctx,
  { id, kind }: { id: string; kind: EvacuationKind },
): Promise<EvacuationPlan> {
  await authorize(ctx, 'node.evacuate');
  return makePlan(ctx.db, id, kind);
}

/** One job for each move; refused when the plan is not the one that was shown any more. */
export async function evacuateNode(
  ctx: Ctx,
  { id, kind, digest, drain }: { id: string } & NodeEvacuate,
): Promise<AcceptedBatch> {
  const actor = await authorize(ctx, 'node.evacuate');
  return transact(ctx.db, async (tx) => {
    const node = await lockNode(tx, id);
    await lockItsInstances(tx, id);
    const plan = await makePlan(tx, id, kind);
    refuseOther(plan, { digest, name: node.name });
    const owners = await readOwners(tx, plan.rows);
    const jobs = plan.rows.map((row) => ({
      target: { kind: 'instance' as const, ...row.instance },
      clusterId: node.clusterId,
      ownerId: owners.get(row.instance.id) ?? null,
      chain: row.moves.map((move) => toOrder(row, move)),
    }));
    const accepted = await submitBatch(tx, jobs, actor);
    const drained = node.drained || drain;
    await tx.node.update({ where: { id }, data: { evacuationId: accepted.batchId, drained } });
    await recordAudit(tx, {
      ...{ action: 'node.evacuate', outcome: 'accepted', actor, address: actor.address },
      target: { kind: 'node', id, name: node.name },
      details: { kind, drained, ...accepted },
    });
    const changed = plan.rows.map(({ instance }) => instance.id);
    await publish(
      tx,
      { kind: 'node', id },
      ...changed.map((one) => ({ kind: 'instance' as const, id: one, ownerId: owners.get(one) ?? null })),
    );
    return accepted;
  });
}

async function makePlan(db: Queryable, id: string, kind: EvacuationKind): Promise<EvacuationPlan> {
  const node = await db.node.findUnique({ where: { id } });
  if (!node) throw notFound({ kind: 'node', id });
  const nodes = await loadNodeSnapshots(db, { clusterId: node.clusterId });
  const instances = await readInstances(db, id);
  const rows = planEvacuation({ nodeId: id, isFenced: isFenced(node), kind, nodes, instances });
  return { kind, rows, digest: digestOf(rows) };
}

function digestOf(rows: EvacuationRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('base64url');
}

function refuseOther(plan: EvacuationPlan, { digest, name }: { digest: string; name: string }): void {
  const message = `Cannot empty ${name} as it was shown: what can be done has changed meanwhile. Look at it again`;
  if (plan.digest !== digest) throw new AppError('wrong_state', message);
  if (plan.rows.every(({ moves }) => moves.length === 0))
    throw new AppError('wrong_state', `Cannot empty ${name}: nothing on it can be moved`);
}

function toOrder(
  { instance }: EvacuationRow,
  { operation, node }: EvacuationMove,
): BatchJob['chain'][number] {
  const details = { to: node.name };
  const instanceId = instance.id;
  const nodeId = node.id;
  if (operation === 'instance.move') return { operation, params: { instanceId, nodeId }, details };
  if (operation === 'instance.replaceDisks')
    return { operation, params: { instanceId, mode: 'newSecondary', nodeId }, details };
  return { operation, params: { instanceId }, details };
}

/** In the order of their ids, so that two requests cannot wait for each other. */
async function lockItsInstances(tx: Tx, nodeId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT id FROM "Instance" WHERE "nodeId" = ${nodeId}::uuid OR "secondaryId" = ${nodeId}::uuid
    ORDER BY id FOR UPDATE`;
}

async function readOwners(tx: Tx, rows: EvacuationRow[]): Promise<Map<string, string | null>> {
  const ids = rows.map(({ instance }) => instance.id);
  const found = await tx.instance.findMany({
    where: { id: { in: ids } },
    select: { id: true, ownerId: true },
  });
  return new Map(found.map(({ id, ownerId }) => [id, ownerId]));
}

async function readInstances(db: Queryable, nodeId: string): Promise<EvacuatedInstance[]> {
  const rows = await db.instance.findMany({
    where: { OR: [{ nodeId }, { secondaryId: nodeId }] },
    orderBy: { id: 'asc' },
    include: {
      disks: {
        select: { sizeMiB: true, mirror: { select: { sides: true } } },
        orderBy: { index: 'asc' },
      },
      nics: { select: { link: true } },
    },
  });
  const jobs = await db.job.findMany({
    where: { targetId: { in: rows.map(({ id }) => id) }, status: { in: [...unfinishedJobStatuses] } },
    select: { id: true, targetId: true },
  });
  return rows.map((row) => {
    const job = jobs.find(({ targetId }) => targetId === row.id);
    const isRunning = row.operState === 'running' || row.operState === 'paused';
    return {
      ...{ id: row.id, nodeId: row.nodeId, secondaryId: row.secondaryId, isRunning },
      isInStep: row.disks.every(({ mirror }) => mirror?.sides.every(isInStep) ?? true),
      blocked: blockedBy(job?.id, row.lifecycle),
      wish: {
        ...{ instanceName: row.name, memoryMiB: row.memoryMiB, start: isRunning },
        hypervisor: HypervisorKind.parse(row.hypervisor),
        diskTemplate: DiskTemplate.parse(row.diskTemplate),
        os: OsChoice.parse(row.os),
        disksMiB: row.disks.map(({ sizeMiB }) => sizeMiB),
        bridges: row.nics.flatMap(({ link }) => link ?? []),
      },
    };
  });
}

/** What no node has told yet, the job itself looks at. */
function isInStep({ status }: { status: unknown }): boolean {
  const seen = MirrorStatus.safeParse(status).data;
  return !seen || isMirrored(seen);
}

function blockedBy(jobId: number | undefined, lifecycle: string): string | null {
  if (jobId !== undefined) return `job ${jobId} works on it`;
  return lifecycle === 'ready' ? null : `it is ${lifecycle}`;
}
