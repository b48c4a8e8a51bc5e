// What a node lost that was away for long or installed anew: its sides of mirrors, which are filled again from the other nodes.
import { AppError } from '@/contract/errors';
import type { AcceptedBatch } from '@/contract/schemas/batch';
import { MirrorStatus } from '@/contract/schemas/disk';
import type { LostMirrors, LostMirrorsRow } from '@/contract/schemas/lost-mirrors';
import { unfinishedJobStatuses } from '@/contract/states';
import { authorize, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Queryable } from '../db/client';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { lockNode } from './nodes';
import { submitBatch } from './submit-batch';

export async function getLostMirrors(ctx: Ctx, { id }: { id: string }): Promise<LostMirrors> {
  await authorize(ctx, 'node.evacuate');
  const found = await findLost(ctx.db, id);
  return { rows: found.map(({ row }) => row) };
}

/** One job for each instance that has lost a side. */
export async function restoreMirrors(ctx: Ctx, { id }: { id: string }): Promise<AcceptedBatch> {
  const actor = await authorize(ctx, 'node.evacuate');
  return transact(ctx.db, async (tx) => {
    const node = await lockNode(tx, id);
    const found = (await findLost(tx, id)).flatMap(({ row: { instance, mode }, ownerId }) =>
      mode === null ? [] : [{ instance, mode, ownerId }],
    );
    if (found.length === 0)
      throw new AppError('wrong_state', `${node.name} has lost no side of a mirror that could be made again`);
    const jobs = found.map(({ instance, mode, ownerId }) => ({
      target: { kind: 'instance' as const, ...instance },
      ...{ clusterId: node.clusterId, ownerId },
      chain: [{ operation: 'instance.replaceDisks' as const, params: { instanceId: instance.id, mode } }],
    }));
    const accepted = await submitBatch(tx, jobs, actor);
    await tx.node.update({ where: { id }, data: { evacuationId: accepted.batchId } });
    await recordAudit(tx, {
      ...{ action: 'node.restoreMirrors', outcome: 'accepted', actor, address: actor.address },
      target: { kind: 'node', id, name: node.name },
      details: accepted,
    });
    await publish(tx, { kind: 'node', id });
    return accepted;
  });
}

type Found = { row: LostMirrorsRow; ownerId: string | null };

/** A side that its own node has not shown yet, or shows without its disk. */
async function findLost(db: Queryable, nodeId: string): Promise<Found[]> {
  const sides = await db.mirrorSide.findMany({
    where: { nodeId },
    select: { status: true, mirror: { select: { disk: { select: { instanceId: true } } } } },
  });
  const ids = new Set(sides.flatMap((side) => (isLost(side.status) ? [side.mirror.disk.instanceId] : [])));
  const instances = await db.instance.findMany({
    where: { id: { in: [...ids] } },
    orderBy: { name: 'asc' },
    include: {
      node: { select: { name: true, state: true } },
      secondary: { select: { name: true, state: true } },
    },
  });
  const jobs = await db.job.findMany({
    where: { targetId: { in: [...ids] }, status: { in: [...unfinishedJobStatuses] } },
    select: { id: true, targetId: true },
  });
  return instances.map(({ id, name, ownerId, ...instance }) => {
    const isPrimary = instance.nodeId === nodeId;
    const nodes = [instance.node, instance.secondary];
    const away = nodes.find((node) => node?.state !== 'online');
    const job = jobs.find(({ targetId }) => targetId === id);
    const isRunning = instance.operState === 'running' || instance.operState === 'paused';
    const whyNot = whyNotNow({ job: job?.id, away, blocked: isPrimary && isRunning });
    const side = isPrimary ? ('primary' as const) : ('secondary' as const);
    const mode = whyNot === null ? side : null;
    return { row: { instance: { id, name }, mode, whyNot }, ownerId };
  });
}

type Hindrance = {
  job: number | undefined;
  away: { name: string; state: string } | null | undefined;
  blocked: boolean;
};

function whyNotNow({ job, away, blocked }: Hindrance): string | null {
  if (job !== undefined) return `job ${job} works on it`;
  if (away) return `${away.name} is ${away.state}`;
  return blocked ? 'it runs on this node: stop it first' : null;
}

function isLost(status: unknown): boolean {
  const seen = MirrorStatus.safeParse(status).data;
  return !seen || seen.connection === 'down' || seen.diskState === 'diskless' || seen.diskState === 'failed';
}
