// How large the kernel says a block device is.
import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

const sectorsPerMiB = 2_048;

/** Rounded down to whole MiB. Throws ENOENT where there is no such device. */
export async function readDeviceMiB(path: string): Promise<number> {
  const name = basename(await realpath(path));
  const sectors = await readFile(join('/sys/class/block', name, 'size'), 'utf8');
  return Math.floor(Number(sectors) / sectorsPerMiB);
}
