// Files that disks of the node were saved into, `<image id>.saved`, until the control plane has fetched and dropped them.
// Invariant: the node's file system is never filled.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SavedImage } from '@/contract/agent-image-calls';
import { AppError } from '@/contract/errors';
import { type ImageFormat, imageLimits } from '@/contract/schemas/image';
import { scriptOf } from '@/contract/schemas/instance';
import { ifMissing } from '../missing-file';
import type { InstallRequest } from '../os/os-definition';
import type { ScriptOs } from '../os/script';
import type { Report } from '../storage/block-device';
import { createFolderSpace, type ReadSpace } from '../storage/folder-space';
import type { ImageTool } from '../tools/qemu-img/qemu-img';
import { whileLooking } from '../while-looking';

export type SavedImages = {
  /** Starts over, whatever was there. Nothing is left of a saving that fails. */
  save(request: InstallRequest & { imageId: string }, report: Report): Promise<SavedImage>;
  /** Empty behind the end; `not_found` where nothing was saved. */
  read(part: { imageId: string; offset: number; length: number }): Promise<Buffer>;
  drop(imageId: string): Promise<void>;
  keepOnly(imageIds: readonly string[]): Promise<void>;
};

export type SavedImagesRequest = {
  folder: string;
  scripts: Pick<ScriptOs, 'exportDisk'>;
  tool: Pick<ImageTool, 'save'>;
  readSpace?: ReadSpace;
};

const attempt = 'save the disk';

export function createSavedImages({ folder, scripts, tool, readSpace }: SavedImagesRequest): SavedImages {
  const space = createFolderSpace(folder, readSpace);
  const fileOf = (imageId: string) => join(folder, `${imageId}.saved`);
  const write = async ({ definition, ...request }: InstallRequest, to: string, report: Report) => {
    const [from] = request.diskPaths;
    if (from === undefined) throw new AppError('invalid', `${definition.name} has no disk`);
    const isScripted = scriptOf(definition.os) !== null;
    if (isScripted && (await scripts.exportDisk({ definition, ...request, to }, report))) return 'script';
    return tool.save({ from, to }, report);
  };
  return {
    async save({ imageId, ...request }, report) {
      const file = fileOf(imageId);
      await space.refuseUnlessFits(attempt, 1);
      await rm(file, { force: true });
      try {
        const format = await withinRoom(space, report, (bounded) => write(request, file, bounded));
        return await describe(file, format, report);
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
    },
    async read({ imageId, offset, length }) {
      const file = await open(fileOf(imageId), 'r').catch(ifMissing(null));
      if (!file) throw new AppError('not_found', 'the node has not saved this image');
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    drop: (imageId) => rm(fileOf(imageId), { force: true }),
    async keepOnly(imageIds) {
      const names = await readdir(folder).catch(ifMissing<string[]>([]));
      const gone = names.filter((name) => !imageIds.some((id) => name.startsWith(id)));
      for (const name of gone) await rm(join(folder, name), { force: true });
    },
  };
}

/** How much it will write is not known before: it is ended when what the node keeps back is reached. */
async function withinRoom<T>(
  space: ReturnType<typeof createFolderSpace>,
  report: Report,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  const full = new AbortController();
  const signal = AbortSignal.any([full.signal, ...(report.signal ? [report.signal] : [])]);
  const look = () => space.refuseUnlessFits(attempt, 1).catch((error: unknown) => full.abort(error));
  try {
    return await whileLooking(look, () => work({ ...report, signal }));
  } catch (error) {
    throw full.signal.aborted ? full.signal.reason : error;
  }
}

async function describe(file: string, format: ImageFormat, { signal }: Report): Promise<SavedImage> {
  const { size: bytes } = await stat(file);
  if (bytes === 0) throw new AppError('tool_failed', 'nothing was written');
  if (bytes > imageLimits.bytes)
    throw new AppError('invalid', `it became larger than ${imageLimits.bytes / 1024 ** 3} GiB`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return { format, bytes, sha256: hash.digest('hex') };
}
