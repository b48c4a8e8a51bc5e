// pygrub reads a file system that the guest wrote, on the node: without any rights, or not at all (Xen's advisory 443).
import { chown, readFile, realpath, stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { refusedByBootloader } from '@/contract/schemas/hv-params';
import { ensureSystemUser } from '../system-user';
import type { XenConfig } from '../tools/xl/config';

const program = '/usr/bin/pygrub';
const user = { name: 'corral-pygrub', purpose: 'whom pygrub runs as' };

/** `withRights`: it cannot do without them. */
export type Bootloader = 'none' | 'withRights' | 'restricted';

/** It cannot be asked what it can: it answers nothing without a disk. */
export async function readBootloader(): Promise<Bootloader> {
  const text = await readFile(program, 'latin1').catch(() => null);
  if (text === null) return 'none';
  return text.includes('runas=') ? 'restricted' : 'withRights';
}

/** What `create` does, it does while the boot disk can be read by the user that it is told; null where no disk is read on the node. */
export async function withBootloader(
  { disks: [disk], more }: XenConfig,
  doing: string,
  create: (bootloaderUser: string | null) => Promise<void>,
): Promise<void> {
  if (more['bootloader'] !== 'pygrub' || !disk) return create(null);
  // Also of one whose configuration was written down before there was this rule.
  const args = more['bootloader_args'];
  const bootloaderArgs = Array.isArray(args) ? args.join(' ') : '';
  const refused = refusedByBootloader({ bootloader: 'pygrub', bootloaderArgs });
  if (refused !== null) throw new AppError('invalid', `Cannot ${doing}: pygrub must not be told ${refused}`);
  if ((await readBootloader()) !== 'restricted')
    throw new AppError('unavailable', `Cannot ${doing}: the node has no pygrub that runs without rights`);
  const owner = await ensureSystemUser(user);
  const device = await realpath(disk.path);
  const { gid } = await stat(device);
  // It may open what belongs to it, and belongs to no group that may open other disks.
  if (owner) await chown(device, owner.uid, gid);
  try {
    await create(user.name);
  } finally {
    if (owner) await chown(device, 0, gid).catch(() => {});
  }
}
