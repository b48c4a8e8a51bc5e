// Removes a volume that Corral made for a disk that is no more, or that keeps what the overwritten side of a mirror held. Never one that belongs
// to a disk, nor one that something has open.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { isKeptSide } from '@/contract/kept-side';
import { Id } from '@/contract/names';
import { VolumeRef } from '@/contract/schemas/volume';
import { storeVolumes } from '../db/node-volumes';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { callAgent } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id, volume: VolumeRef });
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { nodeId, volume }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const { volumes } = await callAgent(ctx, { node }, 'volume.list', {});
    const found = volumes.find(
      ({ kind, pool, name }) => kind === volume.kind && pool === volume.pool && name === volume.name,
    );
    if (!found) return ctx.log(`${volume.name} is gone already`);
    const cannot = `Cannot remove ${volume.name} of ${node.name}`;
    if (found.diskId === null) throw new AppError('wrong_state', `${cannot}: Corral did not make it`);
    const disk = await ctx.db.disk.findUnique({
      where: { id: found.diskId },
      select: { index: true, instance: { select: { name: true } } },
    });
    if (!disk || isKeptSide(found.name)) return;
    throw new AppError('wrong_state', `${cannot}: it belongs to disk ${disk.index} of ${disk.instance.name}`);
  },
});

const remove = step('remove-volume', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId, volume }: Params) {
    const node = await readNode(ctx.db, nodeId);
    await callAgent(ctx, { node }, 'volume.remove', volume);
  },
});

const record = step('record-volumes', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const { volumes } = await callAgent(ctx, { node }, 'volume.list', {});
    await ctx.change(async (tx, announce) => {
      await storeVolumes(tx, nodeId, volumes);
      announce({ kind: 'node', id: nodeId });
    });
  },
});

export const nodeRemoveVolume = operation({
  name: 'node.removeVolume',
  params: Params,
  locks: ({ nodeId }) => ({ node: { shared: [nodeId] } }),
  steps: [look, remove, record],
});
