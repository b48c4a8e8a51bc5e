// The file into which QEMU appends an instance's serial output.
import { open, stat } from 'node:fs/promises';

export async function sizeOfLog(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

/** The bytes from..to, or to the end; empty when there is no file. */
export async function readLog(path: string, { from, to }: { from: number; to: number }): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return Buffer.alloc(0);
  try {
    const length = Math.min(to, (await file.stat()).size) - from;
    if (length <= 0) return Buffer.alloc(0);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Starts the file again with `kept`. QEMU writes with O_APPEND, so its next byte follows. */
export async function restartLog(path: string, kept: Buffer): Promise<void> {
  const file = await open(path, 'a', 0o600).catch(() => null);
  if (!file) return;
  try {
    await file.truncate(0);
    await file.appendFile(kept);
  } finally {
    await file.close();
  }
}
