// Makes an image ready whose row its acceptance has written: downloads it, unless it was uploaded; compares its checksum; and has a node of its
// cluster check it. When this does not succeed, the row stays with the reason, and its file goes.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { judgeImage } from '@/contract/image-header';
import { Id } from '@/contract/names';
import { ForeignFormat, imageLimits } from '@/contract/schemas/image';
import { offersImages } from '@/contract/schemas/node';
import { loadNodeSnapshots } from '../db/nodes';
import { operation, step } from '../jobs/operation';
import { deliverImage, markFailed, requireImage } from './deliver-image';
import type { Ctx } from './services';

const Params = z.object({ imageId: Id, download: z.boolean() });
type Params = z.infer<typeof Params>;

const removeFile = (ctx: Ctx, { imageId }: Params) => ctx.services.images.remove(imageId);

const download = step('download', {
  when: (params: Params) => params.download,
  async do(ctx: Ctx, { imageId }: Params) {
    const { url } = await requireImage(ctx.db, imageId);
    if (url === null) throw new AppError('internal', 'The image has no address to be downloaded from');
    ctx.log(`Downloading ${url}`);
    const { signal, progress } = ctx;
    await ctx.services.images.fetch(imageId, { url, signal, progress });
  },
  undo: removeFile,
});

const compare = step('compare-checksum', {
  async do(ctx: Ctx, { imageId }: Params) {
    const { images } = ctx.services;
    const { name, format, sha256 } = await requireImage(ctx.db, imageId);
    const found = await images.hash(imageId, ctx.signal);
    if (sha256 !== null && sha256 !== found)
      throw new AppError('invalid', `Cannot use ${name}: its checksum is ${found}, not ${sha256}`);
    const bytes = await images.size(imageId);
    const head = await images.read(imageId, { offset: 0, length: imageLimits.headBytes });
    const verdict = judgeImage({ format: ForeignFormat.parse(format), head, bytes });
    if ('refused' in verdict)
      throw new AppError('invalid', `Cannot use ${name}: the image ${verdict.refused}`);
    await ctx.change(async (tx, announce) => {
      await tx.image.update({ where: { id: imageId }, data: { sha256: found, bytes, receivedBytes: bytes } });
      announce({ kind: 'image', id: imageId });
    });
  },
  undo: removeFile,
});

const check = step('check-on-node', {
  async do(ctx: Ctx, { imageId }: Params) {
    const { clusterId, name } = await requireImage(ctx.db, imageId);
    const nodes = await loadNodeSnapshots(ctx.db, { clusterId });
    const able = nodes.filter((node) => node.state === 'online' && offersImages(node.oses));
    const chosen = able.find((node) => !node.drained) ?? able[0];
    if (!chosen)
      throw new AppError(
        'unavailable',
        `Cannot check ${name}: no node of its cluster that is online has qemu-img`,
      );
    const node = await ctx.db.node.findUniqueOrThrow({ where: { id: chosen.id } });
    return deliverImage(ctx, { imageId, node });
  },
});

const record = step('record', {
  async do(ctx: Ctx, { imageId }: Params) {
    const { virtualBytes } = ctx.output(check) ?? {};
    await ctx.change(async (tx, announce) => {
      const ready = { state: 'ready', problem: null, virtualBytes };
      await tx.image.update({ where: { id: imageId }, data: ready });
      announce({ kind: 'image', id: imageId });
    });
  },
});

export const imageFetch = operation({
  name: 'image.fetch',
  params: Params,
  locks: ({ imageId }) => ({ image: [imageId] }),
  steps: [download, compare, check, record],
  abandon: (tx, { imageId }, end) => markFailed(tx, imageId, end),
});
