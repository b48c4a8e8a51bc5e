// The file into which QEMU appends an instance's serial output.
import { constants } from 'node:fs';
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

const limitBytes = 1024 * 1024;
const quietMs = 1_000;

/**
 * Keeps the file small and true. QEMU logs a byte twice when its socket was full for a moment; once the line is quiet, a file that is
 * longer than what came through the socket is written again from the history.
 */
export function keepLog({ path, history, bytes }: { path: string; history: () => Buffer; bytes: number }) {
  let expected = bytes;
  let isRestarting = false;

  const restart = async () => {
    if (isRestarting) return;
    isRestarting = true;
    const kept = history();
    expected = kept.length;
    await restartLog(path, kept).finally(() => (isRestarting = false));
  };
  const compare = async () => {
    if ((await sizeOfLog(path)) > expected) await restart();
  };
  const restartIfLong = () => {
    if (expected > limitBytes) void restart().catch(() => {});
  };
  restartIfLong();
  const timer = setTimeout(() => void compare().catch(() => {}), quietMs).unref();

  return {
    wrote(count: number) {
      expected += count;
      timer.refresh();
      restartIfLong();
    },
    async end() {
      clearTimeout(timer);
      await compare().catch(() => {});
    },
  };
}

export type LogKeeper = ReturnType<typeof keepLog>;

/** Starts the file again with `kept`. QEMU writes with O_APPEND, so its next byte follows. */
export async function restartLog(path: string, kept: Buffer): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND).catch(() => null);
  if (!file) return;
  try {
    await file.truncate(0);
    await file.appendFile(kept);
  } finally {
    await file.close();
  }
}
