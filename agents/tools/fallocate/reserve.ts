// Makes a file of zeros whose whole size is reserved, on the disk for good. fallocate(2) does it at once; where the file system cannot, zeros are written.
import { open } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../run';

type Reservation = {
  path: string;
  bytes: number;
  signal?: AbortSignal;
  progress?: (done: number) => void;
};

/** Throws `no_resources` when the file system is full, `canceled` on the signal; the caller removes what is left. */
export async function reserveFile(request: Reservation): Promise<void> {
  const { path, bytes, signal } = request;
  const argv = ['fallocate', '--length', String(bytes), path] as const;
  try {
    await run({ argv, doing: `reserve ${bytes} bytes`, timeoutMs: 600_000, signal });
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

export async function writeZeros({ path, bytes, signal, progress }: Reservation): Promise<void> {
  const zeros = Buffer.alloc(4 * 1024 * 1024);
  const file = await open(path, 'w', 0o600);
  try {
    for (let written = 0; written < bytes;) {
      if (signal?.aborted) throw new AppError('canceled', 'Canceled while reserving space');
      const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, bytes - written));
      written += bytesWritten;
      progress?.(written / bytes);
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
