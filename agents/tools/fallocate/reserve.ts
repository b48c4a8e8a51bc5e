// Makes a file of zeros whose whole size is reserved, on the disk for good, or adds such zeros to one. fallocate(2) does it at once; where the
// file system cannot, zeros are written.
import { open } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../run';

type Reservation = {
  path: string;
  /** What the file has already and keeps. */
  keptBytes?: number;
  /** Its whole size afterwards. */
  bytes: number;
  signal?: AbortSignal;
  progress?: (done: number) => void;
};

/** Throws `no_resources` when the file system is full, `canceled` on the signal; the caller takes back what was added. */
export async function reserveFile(request: Reservation): Promise<void> {
  const { path, bytes, keptBytes = 0, signal } = request;
  const more = bytes - keptBytes;
  const argv = ['fallocate', '--offset', String(keptBytes), '--length', String(more), path] as const;
  try {
    if (more > 0) await run({ argv, doing: `reserve ${more} bytes`, timeoutMs: 600_000, signal });
    await syncFile(path);
  } catch (error) {
    if (isNotSupported(error)) return writeZeros(request);
    throw isFull(error) ? full(path, error) : error;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function writeZeros(request: Reservation): Promise<void> {
  const { path, keptBytes = 0, bytes, signal, progress } = request;
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  const file = await open(path, keptBytes > 0 ? 'r+' : 'w', 0o600);
  try {
    for (let end = keptBytes; end < bytes;) {
      if (signal?.aborted) throw new AppError('canceled', 'Canceled while reserving space');
      const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, bytes - end), end);
      end += bytesWritten;
      progress?.((end - keptBytes) / (bytes - keptBytes));
    }
    await file.sync();
  } catch (error) {
    throw isFull(error) ? full(path, error) : error;
  } finally {
    await file.close();
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : '');
const isNotSupported = (error: unknown) => /operation not supported/i.test(messageOf(error));
const isFull = (error: unknown) =>
  /no space left|ENOSPC|EDQUOT|quota exceeded|file too large|EFBIG/i.test(messageOf(error));

function full(path: string, cause: unknown): AppError {
  return new AppError('no_resources', `No space left for ${path}`, { cause });
}
