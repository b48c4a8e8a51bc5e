// The verbs on running instances, each found by its id: what they do stands beside (kvm-live, kvm-plug, kvm-migrate).
import { AppError } from '@/contract/errors';
import type { LiveVerbs, ReceiveRequest } from './hypervisor';
import type { KvmGuest } from './kvm-guest';
import type { KvmGuests } from './kvm-guests';
import { balloonTo, changeCd, machineIn, pauseGuest, resizeDisk, resumeGuest } from './kvm-live';
import { cancelSending, finishAt, migrationStateOf, openDoor, sendGuest } from './kvm-migrate';
import { plugDisk, plugNic, unplugDisk, unplugNic } from './kvm-plug';
import type { QemuStart } from './kvm-start';
import type { QemuUser } from './qemu-user';

/** Starts a QEMU; answers who it runs as. */
export type Launch = (request: Omit<QemuStart, 'socketRoot' | 'user'>) => Promise<QemuUser | null>;

type Parts = { guests: KvmGuests; launch: Launch; accelerator(): 'kvm' | 'tcg' };

export function createLiveVerbs(parts: Parts): LiveVerbs {
  const { guests } = parts;
  const { live } = guests;
  return {
    pause: async (id) => pauseGuest(live(id, 'pause the instance')),
    resume: async (id) => resumeGuest(live(id, 'resume the instance')),
    plugDisk: async (id, disk) => plugDisk(live(id, `plug disk ${disk.index} in`), disk),
    unplugDisk: async (id, diskId) => unplugDisk(live(id, 'take a disk out'), diskId),
    plugNic: async (id, nic) => plugNic(live(id, `plug NIC ${nic.index} in`), nic),
    unplugNic: async (id, nicId) => unplugNic(live(id, 'take a NIC out'), nicId),
    resizeDisk: async (id, disk) => resizeDisk(live(id, 'show the new size of a disk'), disk),
    balloon: async (id, memoryMiB) => balloonTo(live(id, 'change the memory'), memoryMiB),
    changeCd: async (id, cd) => changeCd(live(id, 'change the CD'), cd),
    machine: (id) => machineIn(live(id, 'tell what the machine is made of')),
    receive: async (request) => receive(parts, request),
    migrate: async (request, report) =>
      sendGuest(live(request.instanceId, 'send the instance'), request, report),
    cancelMigration: async (id) => {
      const guest = guests.of(id);
      if (guest.isLive()) await cancelSending(guest);
    },
    finishMigration: async ({ instanceId, ...finish }) => {
      const guest = guests.of(instanceId);
      if (!guest.isLive()) {
        const isDone = finish.side === 'source' ? finish.success : !finish.success;
        if (!isDone) throw new AppError('wrong_state', 'The instance does not run here any more');
        return guests.cleanup(instanceId);
      }
      if ((await finishAt(guest, finish)) === 'keep') return;
      await end(guest);
      await guests.cleanup(instanceId);
    },
    migrationState: async (id) => migrationStateOf(guests.of(id)),
    serialHistory: async (id) => guests.of(id).serial.history(),
    seedSerial: async (id, history) => {
      const guest = live(id, 'begin the serial history');
      if (guest.observed()?.migration === 'receiving') await guest.serial.begin(history);
    },
  };
}

/** Whatever an earlier attempt left here is of no use any more. */
async function receive(
  { guests, launch, accelerator }: Parts,
  { start, accelerator: wanted, address }: ReceiveRequest,
) {
  const { id, name } = start.definition;
  const used = accelerator();
  if (wanted !== used)
    throw new AppError(
      'wrong_state',
      `Cannot receive ${name}: it runs with ${wanted}, and this node would run it with ${used}`,
    );
  const before = guests.of(id);
  if (before.isLive() && before.observed()?.migration !== 'receiving')
    throw new AppError('wrong_state', `Cannot receive ${name}: it runs here`);
  if (before.isLive()) await end(before);
  await guests.cleanup(id);
  const guest = guests.of(id);
  const user = await launch({ guest, start, accelerator: used, isIncoming: true });
  try {
    return await openDoor(guest, { address, user });
  } catch (error) {
    await end(guest);
    await guests.cleanup(id);
    throw error;
  }
}

async function end(guest: KvmGuest): Promise<void> {
  guest.expectEnd(true);
  await guest.kill();
}
