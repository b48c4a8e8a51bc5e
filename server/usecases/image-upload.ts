// The content of an uploaded image, chunk by chunk. A chunk that was lost on the way is sent again; a refusal says where to go on.
import { AppError } from '@/contract/errors';
import { judgeImage } from '@/contract/image-header';
import { type Image, ForeignFormat, imageLimits } from '@/contract/schemas/image';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { sharedImageStore } from '../images/shared-store';
import { getImage, lockImage, submitFetch } from './images';

export type Chunk = { id: string; offset: number; data: Uint8Array };

/** Answers the image; with the last byte its check has begun. */
export async function uploadChunk(ctx: Ctx, chunk: Chunk, images = sharedImageStore): Promise<Image> {
  const actor = await authorize(ctx, 'image.create');
  const { id, offset, data } = chunk;
  const image = await ctx.db.image.findUnique({ where: { id } });
  if (!image) throw notFound({ kind: 'image', id });
  const { name, state, bytes } = image;
  if (state !== 'uploading' || bytes === null)
    throw new AppError('wrong_state', `Cannot upload ${name}: it is ${state}`);
  if (offset + data.byteLength > Number(bytes))
    throw new AppError(
      'invalid',
      `Cannot upload ${name}: more comes than the ${bytes} bytes that were announced`,
    );
  const refused = offset === 0 ? whyNot(image.format, data, Number(bytes)) : null;
  if (refused !== null) return refuse(ctx, { id, name, problem: `The image ${refused}` }, images);
  const receivedBytes =
    data.byteLength === 0 ? await images().size(id) : await images().append(id, { offset, data });
  await transact(ctx.db, async (tx) => {
    const locked = await lockImage(tx, id);
    const isWhole = receivedBytes === Number(bytes) && locked.state === 'uploading';
    await tx.image.update({
      where: { id },
      data: { receivedBytes, receivedAt: new Date(), ...(isWhole && { state: 'fetching' }) },
    });
    if (isWhole) await submitFetch(tx, { ...locked, download: false }, actor.userId);
    await publish(tx, { kind: 'image', id });
  });
  return getImage(ctx, { id });
}

/** Judged as soon as its first bytes are there; the job that follows judges them again. */
function whyNot(format: string, head: Uint8Array, bytes: number): string | null {
  if (head.byteLength < Math.min(bytes, imageLimits.headBytes)) return null;
  const verdict = judgeImage({
    format: ForeignFormat.parse(format),
    head: head.subarray(0, imageLimits.headBytes),
    bytes,
  });
  return 'refused' in verdict ? verdict.refused : null;
}

type Refusal = { id: string; name: string; problem: string };

async function refuse(ctx: Ctx, { id, problem }: Refusal, images: typeof sharedImageStore): Promise<never> {
  await images().remove(id);
  await transact(ctx.db, async (tx) => {
    await tx.image.updateMany({ where: { id, state: 'uploading' }, data: { state: 'failed', problem } });
    await publish(tx, { kind: 'image', id });
  });
  throw new AppError('invalid', problem);
}
