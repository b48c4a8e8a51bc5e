// What changes of a running QEMU without a new device: pausing, memory, the size of disks, what lies in the CD drive.
import { constants } from 'node:fs';
import { AppError } from '@/contract/errors';
import type { RunningMachine } from '@/contract/agent-live-calls';
import { cdBlockdev, cdDevice, cdNode, diskNode } from '../tools/qemu/devices';
import { passFile } from '../tools/qmp/pass-file';
import type { Cd } from './hypervisor';
import type { KvmGuest } from './kvm-guest';
import { cdOpaque } from './kvm-handles';
import { removeNode } from './kvm-nodes';

const bytesPerMiB = 1024 * 1024;

/** What the running machine is made of; refused for one that an older agent started, which placed its devices by chance. */
export function machineIn(guest: KvmGuest): RunningMachine {
  const record = guest.record();
  if (record?.machine) return record.machine;
  throw new AppError(
    'wrong_state',
    `${record?.name} was started by an older agent; it has to be stopped and started once before its devices can be changed or it can be moved`,
  );
}

/** Refused while the guest is elsewhere or stands still. */
export function requireRunning(guest: KvmGuest, doing: string): void {
  const seen = guest.observed();
  if (seen?.operState === 'running' && seen.migration === null) return;
  const why = seen?.migration ? 'it is being moved to another node' : 'its guest stands still';
  throw new AppError('wrong_state', `Cannot ${doing}: ${why}`);
}

export async function pauseGuest(guest: KvmGuest): Promise<void> {
  refuseMoving(guest, 'pause');
  await guest.monitor().execute('stop');
  await guest.look();
}

export async function resumeGuest(guest: KvmGuest): Promise<void> {
  refuseMoving(guest, 'resume');
  await guest.monitor().execute('cont');
  await guest.look();
}

/** Its guest does not run in this QEMU: not any more, or not yet. */
export function isElsewhere(guest: KvmGuest): boolean {
  return ['sent', 'receiving'].includes(guest.observed()?.migration ?? '');
}

function refuseMoving(guest: KvmGuest, doing: string): void {
  const seen = guest.observed();
  if (seen?.migration)
    throw new AppError('wrong_state', `Cannot ${doing} ${seen.name}: it is being moved to another node`);
}

/**
 * Like its reset button. Not for a guest that is to end when it restarts: after a reset its firmware restarts the machine once more by itself,
 * which QEMU cannot tell from a restart by the guest.
 */
export async function resetGuest(guest: KvmGuest): Promise<void> {
  refuseMoving(guest, 'reset');
  if (guest.record()?.machine?.hvParams.rebootBehavior === 'exit')
    throw new AppError(
      'wrong_state',
      'Cannot reset it: it was started to end when it restarts. Stop and start it instead',
    );
  await guest.monitor().execute('system_reset');
}

export async function balloonTo(guest: KvmGuest, memoryMiB: number): Promise<void> {
  const most = machineIn(guest).memoryMiB;
  if (memoryMiB > most)
    throw new AppError('invalid', `The instance was started with ${most} MiB; it can have no more`);
  await guest.monitor().execute('balloon', { value: memoryMiB * bytesPerMiB });
  await guest.look();
}

export async function resizeDisk(
  guest: KvmGuest,
  { diskId, sizeMiB }: { diskId: string; sizeMiB: number },
): Promise<void> {
  const disk = machineIn(guest).disks.find(({ id }) => id === diskId);
  if (!disk) throw new AppError('not_found', 'The running machine does not have this disk');
  await guest
    .monitor()
    .execute('block_resize', { 'node-name': diskNode(disk.index), size: sizeMiB * bytesPerMiB });
}

/** Opens the drive whether or not the guest has locked it, as one does with a paper clip. */
export async function changeCd(guest: KvmGuest, cd: Cd | null): Promise<void> {
  const machine = machineIn(guest);
  const qmp = guest.monitor();
  await qmp.execute('eject', { id: cdDevice, force: true });
  await removeNode(qmp, { node: cdNode, opaque: cdOpaque });
  if (cd) {
    const doing = `put ${cd.iso} into the CD drive of ${guest.record()?.name}`;
    const file = { path: cd.path, flags: constants.O_RDONLY, opaque: cdOpaque };
    const path = await passFile({ ...file, socket: guest.files.fdSocket, doing });
    await qmp.execute('blockdev-add', cdBlockdev(path));
    await qmp.execute('blockdev-insert-medium', { id: cdDevice, 'node-name': cdNode });
  }
  await qmp.execute('blockdev-close-tray', { id: cdDevice });
  await guest.note({
    machine: { ...machine, hvParams: { ...machine.hvParams, cdrom: cd?.iso ?? null } },
  });
}
