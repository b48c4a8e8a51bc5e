// What lies on a node for disks, and removing what nobody has any more.
import { AppError } from '@/contract/errors';
import { isKeptSide } from '@/contract/kept-side';
import type { Accepted } from '@/contract/schemas/common';
import type { VolumeList, VolumeRemove } from '@/contract/schemas/volume';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import { loadVolumes } from '../db/node-volumes';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { submitJob } from '../jobs/submit';
import { invalidField } from './invalid-field';
import { lockNode } from './nodes';

export async function listVolumes(ctx: Ctx, { id }: { id: string }): Promise<VolumeList> {
  await authorize(ctx, 'node.view');
  const list = await loadVolumes(ctx.db, id);
  if (!list) throw notFound({ kind: 'node', id });
  return list;
}

/** Only of a volume that was last seen without a disk, or that keeps what a side of a mirror held; the job looks again at the node itself. */
export async function removeVolume(
  ctx: Ctx,
  { id, confirmName, ...volume }: { id: string } & VolumeRemove,
): Promise<Accepted> {
  const actor = await authorize(ctx, 'node.removeVolume');
  return transact(ctx.db, async (tx) => {
    const { name, clusterId, state } = await lockNode(tx, id);
    if (volume.name !== confirmName) throw invalidField(['confirmName'], `Type ${volume.name} to remove it.`);
    const cannot = `Cannot remove ${volume.name} of ${name}`;
    if (state !== 'online') throw new AppError('wrong_state', `${cannot}: the node is ${state}`);
    const found = (await loadVolumes(tx, id))?.items.find(
      (one) => one.kind === volume.kind && one.pool === volume.pool && one.name === volume.name,
    );
    if (!found) throw new AppError('not_found', `${cannot}: it is not there`);
    const isKept = found.owner !== 'foreign' && isKeptSide(found.name);
    if (found.owner !== 'orphan' && !isKept)
      throw new AppError(
        'wrong_state',
        found.owner === 'foreign' ? `${cannot}: Corral did not make it` : `${cannot}: it belongs to a disk`,
      );
    const target = { kind: 'node', id, name } as const;
    const { kind, pool } = volume;
    const jobId = await submitJob(tx, {
      ...{ operation: 'node.removeVolume', target, clusterId, ownerId: null, createdById: actor.userId },
      params: { nodeId: id, volume: { kind, pool, name: volume.name } },
    });
    await recordAudit(tx, {
      ...{ action: 'node.removeVolume', outcome: 'accepted', actor, address: actor.address, target, jobId },
      details: { pool, volume: volume.name },
    });
    await publish(tx, { kind: 'node', id });
    return { jobId };
  });
}
