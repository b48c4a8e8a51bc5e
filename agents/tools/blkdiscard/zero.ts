// Makes a range of a block device read as zeros. Wraps blkdiscard(8): the kernel lets the device do it where that can, and writes zeros where
// not, so that the outcome is the same everywhere.
import { run } from '../run';

const bytesPerMiB = 1024 * 1024;
/** Big enough that starting programs does not count, small enough that one is soon over when it is canceled. */
const chunkMiB = 1_024;

export type ZeroRange = {
  path: string;
  fromMiB: number;
  toMiB: number;
  signal?: AbortSignal;
  progress?: (done: number) => void;
};

/** Throws `canceled` between chunks, `tool_failed` where the device does not take it. */
export async function zeroRange({ path, fromMiB, toMiB, signal, progress }: ZeroRange): Promise<void> {
  for (let at = fromMiB; at < toMiB; at += chunkMiB) {
    const lengthMiB = Math.min(chunkMiB, toMiB - at);
    await run({
      argv: buildZeroArgs({ path, fromMiB: at, lengthMiB }),
      doing: `wipe ${path} from ${at} to ${at + lengthMiB} MiB`,
      timeoutMs: 900_000,
      signal,
    });
    progress?.((at + lengthMiB - fromMiB) / (toMiB - fromMiB));
  }
}

/** `--force`: a device that another one lies on refuses to be opened for oneself, which its part that is not in use yet does not need. */
export function buildZeroArgs(range: {
  path: string;
  fromMiB: number;
  lengthMiB: number;
}): [string, ...string[]] {
  const bytes = (mib: number) => String(mib * bytesPerMiB);
  return [
    ...(['blkdiscard', '--zeroout', '--force', '--offset', bytes(range.fromMiB)] as const),
    ...['--length', bytes(range.lengthMiB), range.path],
  ];
}
