// Makes all of a disk behind a certain byte read as zeros, whether it is a device or a file whose space stays reserved.
import { open, stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../run';
import { zeroRange } from './zero';

const bytesPerMiB = 1024 * 1024;
const timeoutMs = 900_000;

export type Rest = { path: string; fromBytes: number; toMiB: number; signal?: AbortSignal };

export async function zeroRest({ path, fromBytes, toMiB, signal }: Rest): Promise<void> {
  const fromMiB = Math.ceil(fromBytes / bytesPerMiB);
  await writeZeros({ path, from: fromBytes, to: Math.min(fromMiB, toMiB) * bytesPerMiB, signal });
  if (fromMiB >= toMiB) return;
  if ((await stat(path)).isBlockDevice()) return zeroRange({ path, fromMiB, toMiB, signal });
  const range = [
    '--offset',
    String(fromMiB * bytesPerMiB),
    '--length',
    String((toMiB - fromMiB) * bytesPerMiB),
  ];
  try {
    const argv = ['fallocate', '--zero-range', ...range, path] as const;
    await run({ argv, doing: `clear the rest of ${path}`, timeoutMs, signal });
  } catch (error) {
    if (!(error instanceof AppError) || !/not supported/i.test(error.message)) throw error;
    await writeZeros({ path, from: fromMiB * bytesPerMiB, to: toMiB * bytesPerMiB, signal });
  }
}

type Bytes = { path: string; from: number; to: number; signal?: AbortSignal };

async function writeZeros({ path, from, to, signal }: Bytes): Promise<void> {
  const zeros = Buffer.alloc(4 * bytesPerMiB);
  const file = await open(path, 'r+');
  try {
    for (let at = from; at < to;) {
      if (signal?.aborted) throw new AppError('canceled', 'Canceled while clearing the rest of the disk');
      const { bytesWritten } = await file.write(zeros, 0, Math.min(zeros.length, to - at), at);
      at += bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
