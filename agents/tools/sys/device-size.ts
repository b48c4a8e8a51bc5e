// How large the kernel says a block device is.
import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

const sectorBytes = 512;
const bytesPerMiB = 1024 * 1024;

/** Rounded down to whole MiB. Throws ENOENT where there is no such device. */
export async function readDeviceMiB(path: string): Promise<number> {
  return Math.floor((await readDeviceBytes(path)) / bytesPerMiB);
}

/** Throws ENOENT where there is no such device. */
export async function readDeviceBytes(path: string): Promise<number> {
  const name = basename(await realpath(path));
  const sectors = await readFile(join('/sys/class/block', name, 'size'), 'utf8');
  return Number(sectors) * sectorBytes;
}
