// The disk images that a node has: `<id>.part` is what has been sent so far, `<id>.raw` the plain file that instances are made from.
// Invariant: an `<id>.raw` is whole, had the right checksum, and stands alone. What is not used for long makes room for others.
import { open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRef, ImageStatus } from '@/contract/agent-image-calls';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { makeFolder, syncFolder } from '../durable-file';
import { createKeyedLocks } from '../keyed-locks';
import { ifMissing } from '../missing-file';
import type { Report } from '../storage/block-device';
import { createFolderSpace, type ReadSpace } from '../storage/folder-space';
import type { ImageTool } from '../tools/qemu-img/qemu-img';
import { makePlain, sectorBytes } from './image-finish';

const bytesPerMiB = 1024 * 1024;
const usualLimitBytes = 32 * 1024 ** 3;

export type CachedImage = { path: string; virtualBytes: number };
export type ImageChunk = { imageId: string; offset: number; data: Buffer };

export type ImageCache = {
  look(image: ImageRef): Promise<ImageStatus>;
  /** Answers how much is there afterwards; `wrong_state` where the chunk would leave a hole. */
  write(chunk: ImageChunk): Promise<number>;
  /** Answers at once when it is ready. What does not pass is removed. */
  finish(image: ImageRef, report: Report): Promise<{ virtualBytes: number }>;
  /** `not_found` where it is not ready here. */
  use(imageId: string): Promise<CachedImage>;
  keepOnly(imageIds: readonly string[]): Promise<void>;
};

export type ImageCacheRequest = {
  folder: string;
  tool: ImageTool;
  /** How much the images together may take up, besides the newest. */
  limitBytes?: number;
  readSpace?: ReadSpace;
};

export function createImageCache(request: ImageCacheRequest): ImageCache {
  const { folder, tool, limitBytes = usualLimitBytes } = request;
  const turns = createKeyedLocks();
  const files = imageFiles(folder);
  const space = createFolderSpace(folder, request.readSpace);
  const requireRoom = (bytes: number) =>
    space.refuseUnlessFits('keep the image on the node', Math.ceil(bytes / bytesPerMiB));

  const look = async ({ imageId, bytes }: ImageRef): Promise<ImageStatus> => {
    await makeFolder(folder);
    const virtualBytes = await sizeOf(files.raw(imageId));
    if (virtualBytes !== null) return { state: 'ready', haveBytes: bytes, virtualBytes };
    const size = (await sizeOf(files.part(imageId))) ?? 0;
    const haveBytes = size <= bytes ? size : 0;
    if (haveBytes < size) await files.discard(imageId);
    await requireRoom(bytes - haveBytes);
    return { state: 'partial', haveBytes, virtualBytes: null };
  };

  const finish = async (image: ImageRef, report: Report) => {
    const { imageId } = image;
    const before = await sizeOf(files.raw(imageId));
    if (before !== null) return { virtualBytes: before };
    const [sent, work] = [files.part(imageId), files.work(imageId)];
    try {
      const plain = await makePlain({ sent, work, image, tool, requireRoom, report });
      await rename(plain, files.raw(imageId));
      await syncFolder(folder);
    } finally {
      // What was interrupted begins anew: another try is cheap beside an image that is not what it should be.
      await files.discard(imageId);
    }
    await files.makeRoom(imageId, limitBytes);
    return { virtualBytes: (await sizeOf(files.raw(imageId))) ?? 0 };
  };

  return {
    look: (image) => turns.run(image.imageId, () => look(image)),
    write: (chunk) => turns.run(chunk.imageId, () => files.write(chunk)),
    finish: (image, report) => turns.run(image.imageId, () => finish(image, report), report.signal),
    async use(imageId) {
      const path = files.raw(imageId);
      const virtualBytes = await sizeOf(path);
      if (virtualBytes === null) throw new AppError('not_found', 'the image is not on the node');
      const now = new Date();
      await utimes(path, now, now);
      return { path, virtualBytes };
    },
    async keepOnly(imageIds) {
      const gone = (await files.ids()).filter((id) => !imageIds.includes(id));
      for (const id of gone) await turns.run(id, () => files.remove(id));
    },
  };
}

/** The files by the ids of their images. */
function imageFiles(folder: string) {
  const raw = (id: string) => join(folder, `${id}.raw`);
  const part = (id: string) => join(folder, `${id}.part`);
  const work = (id: string) => join(folder, `${id}.work`);
  const discard = async (id: string) => {
    await rm(part(id), { force: true });
    await rm(work(id), { recursive: true, force: true });
  };
  return {
    ...{ raw, part, work, discard },
    async ids(): Promise<string[]> {
      const names = await readdir(folder).catch(ifMissing<string[]>([]));
      const ids = names.map((name) => /^(.*)\.(?:raw|part|work)$/.exec(name)?.[1]);
      return [...new Set(ids.flatMap((id) => Id.safeParse(id).data ?? []))];
    },
    async remove(id: string): Promise<void> {
      await discard(id);
      await rm(raw(id), { force: true });
    },
    async write({ imageId, offset, data }: ImageChunk): Promise<number> {
      if ((await sizeOf(raw(imageId))) !== null) return offset + data.length;
      await (await open(part(imageId), 'a', 0o600)).close();
      const file = await open(part(imageId), 'r+');
      try {
        const { size } = await file.stat();
        if (offset > size)
          throw new AppError('wrong_state', `Only ${size} bytes of the image are here`, {
            details: { size },
          });
        if (offset === size) await putChunk(file, offset, data);
        return Math.max(size, offset + data.length);
      } finally {
        await file.close();
      }
    },
    /** The least recently used go first; the newest stays in any case. */
    async makeRoom(newest: string, limitBytes: number): Promise<void> {
      const found = (await this.ids()).map(async (id) => ({
        id,
        stats: await stat(raw(id)).catch(ifMissing(null)),
      }));
      const images = (await Promise.all(found)).flatMap(({ id, stats }) =>
        stats ? [{ id, usedAt: stats.mtimeMs, bytes: stats.blocks * sectorBytes }] : [],
      );
      let total = images.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { id, bytes } of images.sort((a, b) => a.usedAt - b.usedAt)) {
        if (total <= limitBytes) return;
        if (id === newest) continue;
        await rm(raw(id), { force: true });
        total -= bytes;
      }
    },
  };
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(ifMissing(null));
  return found && found.size;
}

/** Zeros take up no room. */
async function putChunk(file: FileHandle, offset: number, data: Buffer): Promise<void> {
  if (data.every((byte) => byte === 0)) await file.truncate(offset + data.length);
  else await file.write(data, 0, data.length, offset);
}
