// Who uses a block device, for the words of an error: programs that have it open, and devices that lie on it.
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Such as "qemu-system-x86 (4711)" or "the device drbd3". What ends or hides while it is looked at is left out; nothing found is an empty list. */
export async function listDeviceUsers(path: string): Promise<string[]> {
  const device = await realpath(path).catch(() => null);
  if (device === null) return [];
  const devices = await readdir(join('/sys/class/block', basename(device), 'holders')).catch(() => []);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const programs = await Promise.all(pids.map((pid) => nameIfOpen(pid, device)));
  return [...devices.map((name) => `the device ${name}`), ...programs.flat()];
}

async function nameIfOpen(pid: string, device: string): Promise<string[]> {
  const folder = join('/proc', pid, 'fd');
  const fds = await readdir(folder).catch(() => []);
  const targets = await Promise.all(fds.map((fd) => readlink(join(folder, fd)).catch(() => '')));
  if (!targets.includes(device)) return [];
  const name = await readFile(join('/proc', pid, 'comm'), 'utf8').catch(() => '');
  return [`${name.trim() || 'a program'} (${pid})`];
}
