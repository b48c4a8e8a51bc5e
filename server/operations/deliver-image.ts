// Brings a disk image to a node: what is missing there of its file is sent in chunks over the agent's calls, and the node checks it.
import { imageChunkBytes, ImageRef } from '@/contract/agent-image-calls';
import { AppError, ErrorBody } from '@/contract/errors';
import { imageDiskMiB } from '@/contract/schemas/image';
import { formatMiB } from '@/contract/units';
import type { Db, Queryable, Tx } from '../db/client';
import type { Abandonment } from '../jobs/operation';
import { callAgent, type InstanceNode, type PlacedInstance } from './placed-instance';
import type { Ctx } from './services';

type TargetNode = { id: string; name: string; address: string; clusterId: string };
export type Delivery = { imageId: string; node: TargetNode };

/** Of a step's progress; the rest is what the node does with it. */
const sendingShare = 0.7;

/** Repeating it sends nothing twice. Answers the size of the disk that the image describes. */
export async function deliverImage(ctx: Ctx, { imageId, node }: Delivery): Promise<{ virtualBytes: number }> {
  const image = await readImage(ctx.db, imageId);
  // What was removed while the node was away goes now.
  const known = await ctx.db.image.findMany({ where: { clusterId: node.clusterId }, select: { id: true } });
  await callAgent(ctx, { node }, 'image.keepOnly', { imageIds: known.map(({ id }) => id) });
  const there = await callAgent(ctx, { node }, 'image.look', image.ref);
  if (there.virtualBytes !== null) return { virtualBytes: there.virtualBytes };
  ctx.log(`Sending the image ${image.name} to ${node.name}`);
  await send(ctx, { ref: image.ref, node, from: there.haveBytes });
  const onProgress = (done: number) => ctx.progress(sendingShare + done * (1 - sendingShare));
  return callAgent(ctx, { node, onProgress }, 'image.finish', image.ref);
}

type Fitting = { instance: Pick<PlacedInstance, 'name' | 'os' | 'disksMiB'>; node: InstanceNode };

/** The image of the instance's OS, unless it is larger than the first disk. */
export async function deliverFitting(ctx: Ctx, { instance, node }: Fitting): Promise<void> {
  const { name, os, disksMiB } = instance;
  if (os.kind !== 'image') throw new AppError('internal', `${name} is not made from an image`);
  const neededMiB = imageDiskMiB(await deliverImage(ctx, { imageId: os.imageId, node }));
  const sizeMiB = disksMiB[0] ?? 0;
  if (neededMiB <= sizeMiB) return;
  throw new AppError(
    'invalid',
    `Cannot install ${name}: the image needs a disk of ${formatMiB(neededMiB)}, disk 0 has ${formatMiB(sizeMiB)}`,
    { details: { neededMiB, sizeMiB } },
  );
}

type Sending = { ref: ImageRef; node: TargetNode; from: number };

async function send(ctx: Ctx, { ref: { imageId, bytes }, node, from }: Sending): Promise<void> {
  for (let offset = from; offset < bytes;) {
    ctx.progress((offset / bytes) * sendingShare);
    const part = await ctx.services.images.read(imageId, { offset, length: imageChunkBytes });
    if (part.length === 0) throw new AppError('internal', 'The file of the image is shorter than it was');
    const data = part.toString('base64');
    // Another job may be sending the same one: the node tells where to go on.
    offset = (await callAgent(ctx, { node }, 'image.write', { imageId, offset, data })).haveBytes;
  }
}

/** With its checksum, which every image has once its file is whole. */
async function readImage(db: Db, id: string): Promise<{ name: string; ref: ImageRef }> {
  const row = await requireImage(db, id);
  const { name, format, sha256, bytes } = row;
  return { name, ref: ImageRef.parse({ imageId: id, format, sha256, bytes: Number(bytes) }) };
}

export async function requireImage(db: Queryable, id: string) {
  const row = await db.image.findUnique({ where: { id } });
  if (row) return row;
  throw new AppError('not_found', 'The image does not exist any more', { details: { imageId: id } });
}

/** An image that could not be made ready stays, with the reason. */
export async function markFailed(
  tx: Tx,
  imageId: string,
  { jobId, announce }: Abandonment,
): Promise<'release'> {
  const job = await tx.job.findUnique({ where: { id: jobId }, select: { error: true } });
  const problem = ErrorBody.safeParse(job?.error).data?.message ?? 'Canceled';
  await tx.image.updateMany({ where: { id: imageId }, data: { state: 'failed', problem } });
  announce({ kind: 'image', id: imageId });
  return 'release';
}
