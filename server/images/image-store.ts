// The files of disk images on the control plane: `<folder>/<image id>`. Web writes what is uploaded, the engine downloads, reads and removes.
// Invariant: the disk of the database is never filled.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@/contract/errors';
import { imageLimits } from '@/contract/schemas/image';
import { formatMiB } from '@/contract/units';
import { download, type DownloadLimits } from './download';

export type ReadSpace = (folder: string) => Promise<{ bsize: number; bavail: number }>;

export type Fetching = { url: string; signal: AbortSignal; progress: (done: number) => void };

export type ImageStore = {
  /** `no_resources` with the numbers where so much more has no room. */
  requireRoom(bytes: number): Promise<void>;
  /** Bytes that are there; 0 for a file that is not. */
  size(id: string): Promise<number>;
  /** Puts a chunk behind what is there; `wrong_state` when that is not `offset` bytes. Answers the new size. */
  append(id: string, chunk: { offset: number; data: Uint8Array }): Promise<number>;
  /** Downloads it anew, whatever was there. */
  fetch(id: string, fetching: Fetching): Promise<void>;
  read(id: string, part: { offset: number; length: number }): Promise<Buffer>;
  hash(id: string, signal: AbortSignal): Promise<string>;
  remove(id: string): Promise<void>;
};

export type ImageStoreRequest = {
  folder: string;
  /** URLs may also lead into the own network. */
  allowsPrivate?: boolean;
  limits?: Partial<DownloadLimits>;
  readSpace?: ReadSpace;
};

const bytesPerMiB = 1024 * 1024;
/** What images never take: the database lies on the same disk. */
const reservedBytes = 2 * 1024 ** 3;

export function createImageStore(request: ImageStoreRequest): ImageStore {
  const { folder, allowsPrivate = false, readSpace = statfs } = request;
  const limits = { bytes: imageLimits.bytes, timeoutMs: imageLimits.fetchMs, ...request.limits };
  const fileOf = (id: string) => path.join(folder, id);
  const makeFolder = () => mkdir(folder, { recursive: true, mode: 0o700 });
  const size = async (id: string) => (await stat(fileOf(id)).catch(ifMissing))?.size ?? 0;

  const requireRoom = async (bytes: number) => {
    await makeFolder();
    const { bsize, bavail } = await readSpace(folder);
    const free = Math.max(0, bsize * bavail - reservedBytes);
    if (bytes <= free) return;
    const [neededMiB, freeMiB] = [Math.ceil(bytes / bytesPerMiB), Math.floor(free / bytesPerMiB)];
    throw new AppError(
      'no_resources',
      `Cannot keep the image: it needs ${formatMiB(neededMiB)}, the console has ${formatMiB(freeMiB)} left for images`,
      { details: { neededMiB, freeMiB } },
    );
  };

  return {
    requireRoom,
    size,
    async append(id, { offset, data }) {
      await makeFolder();
      const file = await open(fileOf(id), 'a', 0o600);
      try {
        const before = (await file.stat()).size;
        if (before !== offset)
          throw new AppError('wrong_state', `The image has ${before} bytes so far: go on from there`, {
            details: { receivedBytes: before },
          });
        await file.write(data);
        return before + data.byteLength;
      } finally {
        await file.close();
      }
    },
    async fetch(id, { url, signal, progress }) {
      await makeFolder();
      const file = await open(fileOf(id), 'w', 0o600);
      try {
        const write = async (chunk: Uint8Array) => void (await file.write(chunk));
        await download({ url, allowsPrivate, limits, signal, progress, write, requireRoom });
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async read(id, { offset, length }) {
      const file = await open(fileOf(id), 'r');
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },
    async hash(id, signal) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(fileOf(id)), hash, { signal });
      return hash.digest('hex');
    },
    remove: (id) => rm(fileOf(id), { force: true }),
  };
}

function ifMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
