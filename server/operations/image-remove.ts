// Removes an image from the nodes of its cluster and from the control plane. Instances that were made from it keep their disks. A node that does
// not answer forgets it when the next image is sent there.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { ImageState } from '@/contract/schemas/image';
import { operation, step } from '../jobs/operation';
import { callAgent, onEach } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ imageId: Id, clusterId: Id, before: ImageState });
type Params = z.infer<typeof Params>;

const patienceMs = 5_000;

const clearNodes = step('clear-nodes', {
  async do(ctx: Ctx, { imageId, clusterId }: Params) {
    const [nodes, others] = await Promise.all([
      ctx.db.node.findMany({ where: { clusterId, state: 'online' } }),
      ctx.db.image.findMany({ where: { clusterId, id: { not: imageId } }, select: { id: true } }),
    ]);
    const imageIds = others.map(({ id }) => id);
    await onEach(nodes, async (node) => {
      const asked = callAgent(ctx, { node, patienceMs }, 'image.keepOnly', { imageIds });
      await asked.catch((error: unknown) => {
        if (ctx.signal.aborted) throw error;
        ctx.log(`${node.name} keeps the image until the next one is sent there`, 'warn');
      });
    });
  },
  // No undo: what a node lacks is sent again when it is needed.
});

const remove = step('remove-image', {
  cancelable: false,
  async do(ctx: Ctx, { imageId }: Params) {
    await ctx.services.images.remove(imageId);
    await ctx.change(async (tx, announce) => {
      await tx.image.deleteMany({ where: { id: imageId } });
      announce({ kind: 'image', id: imageId });
    });
  },
});

export const imageRemove = operation({
  name: 'image.remove',
  params: Params,
  locks: ({ imageId }) => ({ image: [imageId] }),
  steps: [clearNodes, remove],
  abandon: async (tx, { imageId, before }, { announce }) => {
    await tx.image.updateMany({ where: { id: imageId }, data: { state: before } });
    announce({ kind: 'image', id: imageId });
    return 'release';
  },
});
