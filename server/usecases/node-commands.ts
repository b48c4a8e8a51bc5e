// Commands and files of operators for many nodes at once: one job each. Whether a node takes them, the node decides.
import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '@/contract/errors';
import type { OperationName } from '@/contract/operations';
import type { AcceptedBatch } from '@/contract/schemas/batch';
import type { NodeCommandRun, NodeFilePut } from '@/contract/schemas/node-command';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import type { Json } from '../db/client';
import { transact } from '../db/transact';
import { submitBatch } from './submit-batch';

export function runCommand(ctx: Ctx, { nodeIds, ...order }: NodeCommandRun): Promise<AcceptedBatch> {
  return onNodes(ctx, nodeIds, (nodeId) => ({
    operation: 'node.runCommand',
    params: { nodeId, runId: randomUUID(), ...order },
    details: order,
  }));
}

/** The audit keeps what the file was by its checksum. */
export function putFile(ctx: Ctx, { nodeIds, ...file }: NodeFilePut): Promise<AcceptedBatch> {
  const { path, mode, content } = file;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const details = { path, mode, bytes: Buffer.byteLength(content), sha256 };
  return onNodes(ctx, nodeIds, (nodeId) => ({
    operation: 'node.putFile',
    params: { nodeId, ...file },
    details,
  }));
}

type NodeJob = { operation: OperationName; params: { [name: string]: Json }; details: Json };

async function onNodes(
  ctx: Ctx,
  nodeIds: readonly string[],
  jobFor: (nodeId: string) => NodeJob,
): Promise<AcceptedBatch> {
  const actor = await authorize(ctx, 'node.command');
  return transact(ctx.db, async (tx) => {
    const nodes = await tx.node.findMany({ where: { id: { in: [...nodeIds] } }, orderBy: { name: 'asc' } });
    const unknown = nodeIds.find((id) => !nodes.some((node) => node.id === id));
    if (unknown) throw notFound({ kind: 'node', id: unknown });
    const away = nodes.filter(({ state }) => state !== 'online');
    if (away.length > 0)
      throw new AppError(
        'wrong_state',
        `Cannot reach all of these nodes: ${away.map(({ name, state }) => `${name} is ${state}`).join(', ')}`,
      );
    const jobs = nodes.map(({ id, name, clusterId }) => ({
      target: { kind: 'node' as const, id, name },
      ...{ clusterId, ownerId: null, chain: [jobFor(id)] },
    }));
    return submitBatch(tx, jobs, actor);
  });
}
