// Writes down that a node is known to run nothing any more, and takes that back. What is known of its instances follows from it.
import type { FencedHow } from '@/contract/schemas/fencing';
import { NodeState } from '@/contract/states';
import type { Tx } from '../db/client';
import { refreshStatuses } from '../db/instance-state';
import type { Announce } from '../jobs/operation';
import { readNode } from './joined-node';
import type { Ctx } from './services';

/** `fencedAt`: ISO 8601. */
export type BeforeOffline = { state: NodeState; fencedAt: string | null; fencedHow: string | null };

export async function readBeforeOffline(ctx: Ctx, nodeId: string): Promise<BeforeOffline> {
  const { state, fencedAt, fencedHow } = await readNode(ctx.db, nodeId);
  return { state: NodeState.parse(state), fencedAt: fencedAt?.toISOString() ?? null, fencedHow };
}

export async function recordOffline(ctx: Ctx, nodeId: string, fencedHow: FencedHow): Promise<void> {
  await change(ctx, nodeId, { state: 'offline', fencedAt: new Date(), fencedHow, answersSince: null });
}

export async function takeOfflineBack(ctx: Ctx, nodeId: string, before: BeforeOffline): Promise<void> {
  const { state, fencedAt, fencedHow } = before;
  await change(ctx, nodeId, { state, fencedHow, fencedAt: fencedAt === null ? null : new Date(fencedAt) });
}

type Columns = {
  state: string;
  fencedAt: Date | null;
  fencedHow: string | null;
  answersSince?: null;
};

async function change(ctx: Ctx, nodeId: string, data: Columns): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const { clusterId } = await readNode(tx, nodeId);
    await tx.node.update({ where: { id: nodeId }, data, select: { id: true } });
    await announceNode(tx, announce, { nodeId, clusterId });
  });
}

/** Brings its instances in line with its state, and announces all of that. */
export async function announceNode(
  tx: Tx,
  announce: Announce,
  { nodeId, clusterId }: { nodeId: string; clusterId: string },
): Promise<void> {
  const changed = await refreshStatuses(tx, { aboutNodeId: nodeId });
  announce(
    { kind: 'node', id: nodeId },
    { kind: 'cluster', id: clusterId },
    ...changed.map((instance) => ({ kind: 'instance' as const, ...instance })),
  );
}
