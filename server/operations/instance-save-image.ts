// Makes an image of the first disk of a stopped instance, whose row its acceptance has written: the node writes a file of what the disk holds, by
// the scripts of its OS where they can, and the control plane fetches that. When this does not succeed, the row stays with the reason.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { judgeImage } from '@/contract/image-header';
import { Id } from '@/contract/names';
import { imageLimits } from '@/contract/schemas/image';
import { scriptOf } from '@/contract/schemas/instance';
import { operation, step } from '../jobs/operation';
import { markFailed, requireImage } from './deliver-image';
import { toAbout } from './instance-about';
import { lookAtInstance } from './look-at-instance';
import { bringUpMirrors, hasMirrors, lookAtMirrors, requireUpToDate } from './mirrors';
import { callAgent, type PlacedInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';
import { unlessUnavailable } from './unless-unavailable';

const Params = z.object({ imageId: Id, instanceId: Id });
type Params = z.infer<typeof Params>;

const saveDisk = step('save-disk', {
  async do(ctx: Ctx, { imageId, instanceId }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    if ((await lookAtInstance(ctx, node, instanceId)).isRunning)
      throw new AppError('wrong_state', `Cannot save disk 0 of ${instance.name}: it is running`);
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes });
      requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    return callAgent(ctx, { node }, 'os.save', { instanceId, imageId, about: toAbout(instance) });
  },
  undo: dropSaved,
});

const fetchImage = step('fetch-image', {
  async do(ctx: Ctx, { imageId, instanceId }: Params) {
    const { images } = ctx.services;
    const { sha256, bytes } = requireSaved(ctx);
    const { node } = await readPlaced(ctx, instanceId);
    let offset = await images.size(imageId);
    await images.requireRoom(bytes - offset);
    while (offset < bytes) {
      ctx.progress(offset / bytes);
      const { data } = await callAgent(ctx, { node }, 'image.readSaved', { imageId, offset });
      if (data === '')
        throw new AppError('internal', `${node.name} has only ${offset} of ${bytes} bytes of the image`);
      offset = await images.append(imageId, { offset, data: Buffer.from(data, 'base64') });
    }
    const found = await images.hash(imageId, ctx.signal);
    if (found !== sha256)
      throw new AppError('internal', `The image has the checksum ${found}, not ${sha256}, after it was sent`);
  },
  undo: (ctx: Ctx, { imageId }: Params) => ctx.services.images.remove(imageId),
});

const record = step('record', {
  async do(ctx: Ctx, { imageId, instanceId }: Params) {
    const { format, sha256, bytes } = requireSaved(ctx);
    const { instance } = await readPlaced(ctx, instanceId);
    const virtualBytes = await measure(ctx, { imageId, instance });
    const script = (format === 'script' && scriptOf(instance.os)) || undefined;
    await ctx.change(async (tx, announce) => {
      const content = { format, sha256, bytes, receivedBytes: bytes, virtualBytes, script };
      const ready = { state: 'ready', problem: null };
      await tx.image.update({ where: { id: imageId }, data: { ...content, ...ready } });
      announce({ kind: 'image', id: imageId });
    });
  },
});

const dropFile = step('drop-saved', { cancelable: false, do: dropSaved });

export const instanceSaveImage = operation({
  name: 'instance.saveImage',
  params: Params,
  locks: ({ imageId, instanceId }) => ({ image: [imageId], instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'save'),
  steps: [saveDisk, fetchImage, record, dropFile],
  abandon: (tx, { imageId }, end) => markFailed(tx, imageId, end),
});

async function dropSaved(ctx: Ctx, { imageId, instanceId }: Params): Promise<void> {
  const { node } = await readPlaced(ctx, instanceId);
  await unlessUnavailable(ctx, node, () => callAgent(ctx, { node }, 'image.dropSaved', { imageId }));
}

function requireSaved(ctx: Ctx) {
  const saved = ctx.output(saveDisk);
  if (saved) return saved;
  throw new AppError('internal', 'No disk was saved');
}

/** Of the disk that it needs: what its file says; the disk that it comes from where only scripts can read it. */
async function measure(
  ctx: Ctx,
  { imageId, instance }: { imageId: string; instance: PlacedInstance },
): Promise<number> {
  const { format, bytes } = requireSaved(ctx);
  if (format === 'script') return (instance.disksMiB[0] ?? 0) * 1024 ** 2;
  const head = await ctx.services.images.read(imageId, { offset: 0, length: imageLimits.headBytes });
  const verdict = judgeImage({ format, head, bytes });
  if (!('refused' in verdict)) return verdict.virtualBytes;
  const { name } = await requireImage(ctx.db, imageId);
  throw new AppError('invalid', `Cannot use ${name}: the image ${verdict.refused}`);
}
