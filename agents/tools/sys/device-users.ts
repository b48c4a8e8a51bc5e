// Who uses a block device: programs that have it open, devices that lie on it, mounts, and domains that Xen serves it to.
import { constants } from 'node:fs';
import { open, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@/contract/errors';
import { findPidsWith } from '../proc/descriptors';
import { nameOf } from '../proc/programs';
import { listMounts } from './mounts';

/** Such as "qemu-system-x86 (4711)", "the domain 7", "the mount at /mnt" or "the device drbd3". What ends or hides while it is looked at is left out; nothing found is an empty list. */
export async function listDeviceUsers(path: string): Promise<string[]> {
  const device = await realpath(path).catch(() => null);
  if (device === null) return [];
  const devices = await readdir(join('/sys/class/block', basename(device), 'holders')).catch(() => []);
  const programs = await findPidsWith(device);
  const domains = await listDomainsOn(device);
  const mounts = await listMounts([await numberOf(device)]);
  return [
    ...devices.map((name) => `the device ${name}`),
    ...mounts.map((point) => `the mount at ${point}`),
    ...domains.map((domid) => `the domain ${domid}`),
    ...programs.map((pid) => `${nameOf(pid) || 'a program'} (${pid})`),
  ];
}

/** Whether a domain or a mount has it: who has a device like that does not let go of it by itself. */
export async function isHeld(path: string): Promise<boolean> {
  const device = await realpath(path).catch(() => null);
  if (device === null) return false;
  const holders = [...(await listDomainsOn(device)), ...(await listMounts([await numberOf(device)]))];
  return holders.length > 0;
}

/** Throws `busy` where something else may write to it: it is mounted, lies below another device, or is a disk of a domain. What is not there is for others to say. */
export async function requireUnclaimed(path: string, doing: string): Promise<void> {
  const device = await realpath(path).catch(() => null);
  if (device === null) return;
  const domains = await listDomainsOn(device);
  const [domid] = domains;
  if (domid !== undefined)
    throw new AppError('busy', `Cannot ${doing}: ${path} is a disk of the domain ${domid}`);
  // As mounts and devices open what is theirs alone (open(2), O_EXCL on block devices).
  const isClaimed = await open(device, constants.O_RDONLY | constants.O_EXCL).then(
    (file) => file.close().then(() => false),
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EBUSY',
  );
  if (!isClaimed) return;
  throw new AppError('busy', `Cannot ${doing}: ${path} is mounted on the node, or lies below another device`);
}

const backends = '/sys/bus/xen-backend/devices';

/** The kernel itself serves disks of domains: `vbd-DOMID-NUMBER` has the numbers of its device, in hexadecimal (xen-blkback/xenbus.c). */
async function listDomainsOn(device: string): Promise<string[]> {
  const served = (await numberOf(device)).split(':').map((number) => Number(number).toString(16));
  const names = await readdir(backends).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const [, domid] = /^vbd-(\d+)-\d+$/.exec(name) ?? [];
      const isIt = (await readText(join(backends, name, 'physical_device'))) === served.join(':');
      return domid !== undefined && isIt ? [domid] : [];
    }),
  );
  return found.flat();
}

/** Such as "252:7"; empty where it is no block device. */
const numberOf = (device: string) => readText(join('/sys/class/block', basename(device), 'dev'));
const readText = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim();
