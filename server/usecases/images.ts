// Disk images of clusters: operators add and remove them and say whether customers may use them.
import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import type { Accepted } from '@/contract/schemas/common';
import type { Image, ImageCreate, ImageListQuery, ImagePage, ImageUpdate } from '@/contract/schemas/image';
import { offersImages } from '@/contract/schemas/node';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { listImageViews, loadImages } from '../db/images';
import { parseFacts } from '../db/nodes';
import { isDuplicate, transact } from '../db/transact';
import { publish } from '../events/publish';
import { sharedImageStore } from '../images/shared-store';
import { refuseIfBusy, submitJob } from '../jobs/submit';

export async function listImages(ctx: Ctx, query: ImageListQuery): Promise<ImagePage> {
  await authorize(ctx, 'image.list');
  const { items, total } = await listImageViews(ctx.db, query);
  return { items, total, page: query.page, pageSize: query.pageSize };
}

export async function getImage(ctx: Ctx, { id }: { id: string }): Promise<Image> {
  const actor = await authorize(ctx, 'image.list');
  const view = (await loadImages(ctx.db, [id], actor)).get(id);
  if (!view) throw notFound({ kind: 'image', id });
  return view;
}

/** One from a URL is fetched by a job; the content of the others is uploaded next. */
export async function createImage(
  ctx: Ctx,
  { id: clusterId, ...input }: { id: string } & ImageCreate,
  images = sharedImageStore,
): Promise<Image> {
  const actor = await authorize(ctx, 'image.create');
  const { name, format, isPublic, source } = input;
  if (source.kind === 'upload') await images().requireRoom(source.bytes);
  const from = source.kind === 'url' ? { url: source.url } : { bytes: source.bytes };
  const created = transact(ctx.db, async (tx) => {
    await requireAbleCluster(tx, clusterId);
    const { id } = await tx.image.create({
      data: {
        ...{ clusterId, name, format, isPublic, source: source.kind, sha256: source.sha256, ...from },
        state: source.kind === 'url' ? 'fetching' : 'uploading',
        createdById: actor.userId,
      },
      select: { id: true },
    });
    const jobId = source.kind === 'url' ? await submitFetch(tx, { id, name, clusterId }, actor.userId) : null;
    await recordAudit(tx, {
      ...{ action: 'image.create', outcome: 'done', actor, address: actor.address, jobId },
      target: { kind: 'image', id, name },
      details: { format, isPublic, ...from },
    });
    await publish(tx, { kind: 'image', id });
    return id;
  });
  return getImage(ctx, { id: await created.catch((error: unknown) => refuseDuplicate(error, name)) });
}

/** Each name is once in a cluster. */
export function refuseDuplicate(error: unknown, name: string): never {
  if (!isDuplicate(error)) throw error;
  const message = `This cluster has an image ${name} already.`;
  throw new AppError('already_exists', message, { details: { issues: [{ path: ['name'], message }] } });
}

export async function updateImage(ctx: Ctx, { id, ...input }: { id: string } & ImageUpdate): Promise<Image> {
  const actor = await authorize(ctx, 'image.update');
  await transact(ctx.db, async (tx) => {
    const { name, isPublic } = await lockImage(tx, id);
    await tx.image.update({ where: { id }, data: input });
    await recordAudit(tx, {
      ...{ action: 'image.update', outcome: 'done', actor, address: actor.address },
      target: { kind: 'image', id, name },
      details: { before: { isPublic }, after: input },
    });
    await publish(tx, { kind: 'image', id });
  });
  return getImage(ctx, { id });
}

/** Instances that were made from it keep their disks. */
export async function removeImage(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const actor = await authorize(ctx, 'image.remove');
  return transact(ctx.db, async (tx) => {
    const { name, clusterId, state } = await lockImage(tx, id);
    await refuseIfBusy(tx, { id, name });
    const target = { kind: 'image', id, name } as const;
    const jobId = await submitJob(tx, {
      ...{ operation: 'image.remove', target, clusterId, ownerId: null, createdById: actor.userId },
      params: { imageId: id, clusterId, before: state },
    });
    await tx.image.update({ where: { id }, data: { state: 'removing' } });
    await recordAudit(tx, {
      ...{ action: 'image.remove', outcome: 'accepted', actor, address: actor.address, target, jobId },
    });
    await publish(tx, { kind: 'image', id });
    return { jobId };
  });
}

/** What makes an image ready whose content is there, or is to be downloaded. */
export function submitFetch(
  tx: Tx,
  {
    id,
    name,
    clusterId,
    download = true,
  }: { id: string; name: string; clusterId: string; download?: boolean },
  createdById: string,
): Promise<number> {
  return submitJob(tx, {
    ...{ operation: 'image.fetch', clusterId, ownerId: null, createdById },
    target: { kind: 'image', id, name },
    params: { imageId: id, download },
  });
}

export async function lockImage(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT id FROM "Image" WHERE id = ${id}::uuid FOR UPDATE`;
  const image = await tx.image.findUnique({ where: { id } });
  if (!image) throw notFound({ kind: 'image', id });
  return image;
}

/** Before gigabytes are brought here: one of its nodes will have to check them. */
async function requireAbleCluster(tx: Tx, clusterId: string): Promise<void> {
  const cluster = await tx.cluster.findUnique({ where: { id: clusterId }, select: { id: true } });
  if (!cluster) throw notFound({ kind: 'cluster', id: clusterId });
  const nodes = await tx.node.findMany({ where: { clusterId, state: 'online' }, select: { facts: true } });
  if (nodes.some(({ facts }) => offersImages(parseFacts(facts)?.oses ?? []))) return;
  throw new AppError('no_resources', fieldMessages.imageNowhere);
}
