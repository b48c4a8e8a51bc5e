// What changes of a domain that runs: standing still, memory, disks, NICs and what lies in its CD drive. What may be there is written down before
// it is, so that after a crash half-way each verb finds all of it again.
import { AppError } from '@/contract/errors';
import { requireUnclaimed } from '../tools/sys/device-users';
import { diskWords, nicWords, type XenNic } from '../tools/xl/config';
import { vdevNumber, type XenDevice } from '../tools/xl/parse';
import * as xl from '../tools/xl/xl';
import { type AssembledDisk, type Cd, placeOf, type PluggedNic } from './hypervisor';
import { cdVdev, diskOf, nicOf } from './xen-config';
import type { XenGuest } from './xen-guest';
import { tellMemory } from './xen-memory';
import { targetOf } from './xen-states';

export async function pauseDomain(guest: XenGuest): Promise<void> {
  refuseMoving(guest, 'pause');
  await xl.pauseDomain(guest.domid(), `pause ${guest.running().name}`);
  await guest.look();
}

export async function resumeDomain(guest: XenGuest): Promise<void> {
  refuseMoving(guest, 'resume');
  await xl.unpauseDomain(guest.domid(), `resume ${guest.running().name}`);
  await guest.look();
}

export function refuseMoving(guest: XenGuest, doing: string): void {
  const seen = guest.observed();
  if (seen?.migration)
    throw new AppError('wrong_state', `Cannot ${doing} ${seen.name}: it is being moved to another node`);
}

export async function resetDomain(guest: XenGuest): Promise<void> {
  refuseMoving(guest, 'reset');
  await guest.restart();
}

export async function balloonDomain(guest: XenGuest, memoryMiB: number): Promise<void> {
  const record = guest.running();
  const most = record.machine.memoryMiB;
  if (memoryMiB > most)
    throw new AppError('invalid', `The instance was started with ${most} MiB; it can have no more`);
  await xl.setMemory(guest.domid(), targetOf(record, memoryMiB), `change the memory of ${record.name}`);
  await tellMemory(record, guest.domid(), memoryMiB);
  await guest.look();
}

export async function plugDisk(guest: XenGuest, disk: AssembledDisk): Promise<void> {
  const { name, machine, config } = guest.running();
  const wanted = diskOf(machine.hvParams, disk);
  const number = vdevNumber(wanted.vdev);
  const there = machine.disks.find(({ index }) => index === disk.index);
  const isThere = await hasDisk(guest, number);
  if (there?.id === disk.id && isThere) return;
  if (there && there.id !== disk.id && isThere)
    throw new AppError('wrong_state', `Another disk is in the place of disk ${disk.index}`);
  requireRunning(guest, `plug disk ${disk.index} in`);
  if (!wanted.readOnly) await requireUnclaimed(wanted.path, `plug disk ${disk.index} into ${name}`);
  await guest.note({
    machine: {
      ...machine,
      disks: [...machine.disks.filter(({ index }) => index !== disk.index), placeOf(disk)],
    },
    config: { ...config, disks: [...config.disks.filter(({ vdev }) => vdev !== wanted.vdev), wanted] },
  });
  try {
    await xl.attachDisk(guest.domid(), diskWords(wanted), `plug disk ${disk.index} into ${name}`);
  } catch (error) {
    await removeDisk(guest, { id: disk.id, number, vdev: wanted.vdev }).catch(() => {});
    throw error;
  }
}

export async function unplugDisk(guest: XenGuest, diskId: string): Promise<void> {
  const { name, machine } = guest.running();
  const place = machine.disks.find(({ id }) => id === diskId);
  if (!place) return;
  const { vdev } = diskOf(machine.hvParams, { ...place, path: '', isMirrored: false });
  const number = vdevNumber(vdev);
  requireRunning(guest, `take disk ${place.index} out`);
  await removeDisk(guest, { id: diskId, number, vdev });
  if (await hasDisk(guest, number))
    throw new AppError(
      'timeout',
      `${name} does not let go of disk ${place.index}: its guest may use it or not listen`,
    );
}

type Removal = { id: string; number: number; vdev: string };

/** Forgotten only once it is gone. */
async function removeDisk(guest: XenGuest, { id, number, vdev }: Removal): Promise<void> {
  const doing = `take a disk out of ${guest.running().name}`;
  if (await hasDisk(guest, number)) await xl.detachDisk(guest.domid(), number, doing);
  if (await hasDisk(guest, number)) return;
  const { machine, config } = guest.running();
  await guest.note({
    machine: { ...machine, disks: machine.disks.filter((disk) => disk.id !== id) },
    config: { ...config, disks: config.disks.filter((disk) => disk.vdev !== vdev) },
  });
}

/** Nothing is to be done: Xen's back end sees the new size at the guest's next access, and tells its driver. */
export function requireDisk(guest: XenGuest, diskId: string): void {
  if (!guest.running().machine.disks.some(({ id }) => id === diskId))
    throw new AppError('not_found', 'The running machine does not have this disk');
}

export async function plugNic(guest: XenGuest, nic: PluggedNic): Promise<void> {
  const { name, kind, machine, config } = guest.running();
  const wanted = nicOf(kind, machine.hvParams, nic);
  const there = machine.nics.find(({ index }) => index === nic.index);
  if (there && there.id !== nic.id)
    throw new AppError('wrong_state', `Another NIC is in the place of NIC ${nic.index}`);
  if (there && (await findNic(guest, nic.mac))) return;
  requireRunning(guest, `plug NIC ${nic.index} in`);
  await guest.note({
    machine: { ...machine, nics: [...machine.nics.filter(({ id }) => id !== nic.id), placeOf(nic)] },
    config: { ...config, nics: [...config.nics.filter(({ mac }) => mac !== nic.mac), wanted] },
  });
  try {
    const isThere = await findNic(guest, nic.mac);
    if (!isThere)
      await xl.attachNic(guest.domid(), nicWords(withoutModel(wanted)), `plug NIC ${nic.index} into ${name}`);
  } catch (error) {
    await removeNic(guest, { id: nic.id, mac: nic.mac }).catch(() => {});
    throw error;
  }
}

/** A PC that runs gets no emulated NIC; with its next start it has the model that is written down. */
const withoutModel = ({ mac, bridge }: XenNic): XenNic => ({ mac, bridge });

export async function unplugNic(guest: XenGuest, nicId: string): Promise<void> {
  const { name, machine, config } = guest.running();
  const at = machine.nics.findIndex(({ id }) => id === nicId);
  const mac = config.nics[at]?.mac;
  if (mac === undefined) return;
  requireRunning(guest, `take NIC ${machine.nics[at]?.index} out`);
  await removeNic(guest, { id: nicId, mac });
  if (await findNic(guest, mac))
    throw new AppError('timeout', `${name} does not let go of a NIC: its guest may not listen`);
}

async function removeNic(guest: XenGuest, { id, mac }: { id: string; mac: string }): Promise<void> {
  const found = await findNic(guest, mac);
  if (found) await xl.detachNic(guest.domid(), found.number, `take a NIC out of ${guest.running().name}`);
  if (await findNic(guest, mac)) return;
  const { machine, config } = guest.running();
  await guest.note({
    machine: { ...machine, nics: machine.nics.filter((nic) => nic.id !== id) },
    config: { ...config, nics: config.nics.filter((nic) => nic.mac !== mac) },
  });
}

export async function changeCd(guest: XenGuest, cd: Cd | null): Promise<void> {
  const { name, kind, machine, config } = guest.running();
  if (kind !== 'xen-hvm') throw new AppError('wrong_state', `${name} has no CD drive: only Xen HVM has one`);
  const doing = cd ? `put ${cd.iso} into the CD drive of ${name}` : `empty the CD drive of ${name}`;
  await (cd ? xl.insertCd(guest.domid(), cdVdev, cd.path, doing) : xl.ejectCd(guest.domid(), cdVdev, doing));
  const disks = config.disks.map((disk) => (disk.vdev === cdVdev ? { ...disk, path: cd?.path ?? '' } : disk));
  await guest.note({
    config: { ...config, disks },
    machine: { ...machine, hvParams: { ...machine.hvParams, cdrom: cd?.iso ?? null } },
  });
}

/** Refused while the guest stands still or is elsewhere: it could not answer. */
function requireRunning(guest: XenGuest, doing: string): void {
  const seen = guest.observed();
  if (seen?.operState === 'running' && seen.migration === null) return;
  const why = seen?.migration ? 'it is being moved to another node' : 'its guest stands still';
  throw new AppError('wrong_state', `Cannot ${doing}: ${why}`);
}

async function hasDisk(guest: XenGuest, number: number): Promise<boolean> {
  return (await xl.listDisks(guest.domid())).some((disk) => disk.number === number);
}

async function findNic(guest: XenGuest, mac: string): Promise<XenDevice | null> {
  return (await xl.listNics(guest.domid())).find((nic) => nic.mac === mac.toLowerCase()) ?? null;
}
