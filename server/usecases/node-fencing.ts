// Declaring nodes off and taking them back. What is certain of a lost node decides whether its instances may run elsewhere.
import { AppError } from '@/contract/errors';
import type { OperationName } from '@/contract/operations';
import type { Accepted } from '@/contract/schemas/common';
import type { NodeSetOffline, NodeSetOnline } from '@/contract/schemas/fencing';
import type { Actor } from '../auth/actor';
import { authorize, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Json, Tx } from '../db/client';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy, submitJob } from '../jobs/submit';
import { invalidField } from './invalid-field';
import { lockNode } from './nodes';

/** The operator's word is all there is for `declared`, so it is kept as it was given. */
export async function setNodeOffline(
  ctx: Ctx,
  { id, how, confirmName }: { id: string } & NodeSetOffline,
): Promise<Accepted> {
  const actor = await authorize(ctx, 'node.fence');
  return transact(ctx.db, async (tx) => {
    const node = await lockNode(tx, id);
    if (node.name !== confirmName) throw invalidField(['confirmName'], `Type ${node.name} to confirm.`);
    refuseOffline(node, how);
    if (how === 'hook') await requireFenceHook(tx, node);
    const operation = how === 'hook' ? 'node.fence' : 'node.setOffline';
    const details = how === 'hook' ? { how } : { how, statement: `${node.name} is off` };
    return accept(tx, { actor, node, operation, details });
  });
}

export async function setNodeOnline(ctx: Ctx, { id, stopStrays }: { id: string } & NodeSetOnline) {
  const actor = await authorize(ctx, 'node.fence');
  return transact(ctx.db, async (tx) => {
    const node = await lockNode(tx, id);
    if (node.state !== 'offline')
      throw new AppError('wrong_state', `Cannot set ${node.name} online: it is ${node.state}`);
    const params = { stopStrays };
    return accept(tx, { actor, node, operation: 'node.setOnline', params, details: params });
  });
}

type LockedNode = Awaited<ReturnType<typeof lockNode>>;

function refuseOffline({ name, state }: LockedNode, how: NodeSetOffline['how']): void {
  const cannot = `Cannot set ${name} offline`;
  if (state === 'joining' || state === 'removing')
    throw new AppError('wrong_state', `${cannot}: it is ${state}`);
  if (how === 'hook') return;
  if (state === 'offline') throw new AppError('wrong_state', `${cannot}: it is offline already`);
  if (state === 'online') throw new AppError('wrong_state', `${cannot}: it answers. Power it off first`);
}

async function requireFenceHook(tx: Tx, { name, clusterId }: LockedNode): Promise<void> {
  const { fenceHook } = await tx.cluster.findUniqueOrThrow({ where: { id: clusterId } });
  if (fenceHook) return;
  throw new AppError('wrong_state', `Cannot power ${name} off: its cluster has no fence command`);
}

type Order = { actor: Actor; node: LockedNode; operation: OperationName; params?: object; details: Json };

async function accept(tx: Tx, { actor, node, operation, params, details }: Order): Promise<Accepted> {
  const { id, name, clusterId } = node;
  await refuseIfBusy(tx, { id, name });
  const target = { kind: 'node', id, name } as const;
  const jobId = await submitJob(tx, {
    ...{ operation, params: { nodeId: id, ...params }, target, clusterId },
    ...{ ownerId: null, createdById: actor.userId },
  });
  await recordAudit(tx, {
    ...{ action: operation, outcome: 'accepted', actor, address: actor.address, target, jobId, details },
  });
  await publish(tx, { kind: 'node', id });
  return { jobId };
}
