// What simulated instances go through while they run. They keep count of what is plugged and where they are, as real ones do.
import { AppError } from '@/contract/errors';
import { type LiveVerbs, type Place, placeOf } from './hypervisor';
import { createSimulatedMigration } from './simulated-migration';
import type { LiveParts } from './simulated-parts';

type Kind = 'disks' | 'nics';

export function createSimulatedLive(parts: LiveParts): LiveVerbs {
  const { faults } = parts;
  const live = (id: string, doing: string) => {
    const machine = parts.find(id);
    const running = machine?.running();
    if (machine && running) return { machine, running };
    throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`);
  };
  const still = (id: string, doing: string) => {
    const found = live(id, doing);
    if (found.machine.seen().migration === null) return found;
    throw new AppError('wrong_state', `Cannot ${doing}: it is being moved to another node`);
  };
  const plug = async (id: string, kind: Kind, part: Place) => {
    await faults.pass('hypervisor.plug');
    const { machine, running } = still(id, 'plug a device in');
    const there = running.machine[kind].find((place) => place.index === part.index);
    if (there?.id === part.id) return;
    if (there) throw new AppError('wrong_state', `Place ${part.index} is taken`);
    const places = [...running.machine[kind], placeOf(part)];
    machine.change({ machine: { ...running.machine, [kind]: places } });
  };
  const unplug = async (id: string, kind: Kind, partId: string) => {
    await faults.pass('hypervisor.unplug');
    const { machine, running } = still(id, 'take a device out');
    if (!running.machine[kind].some((place) => place.id === partId)) return;
    if (running.paused) throw new AppError('wrong_state', 'Cannot take a device out: its guest stands still');
    if (running.definition.name.startsWith('keep-device-'))
      throw new AppError('tool_failed', 'Cannot take it out: the guest refuses to let it go');
    const places = running.machine[kind].filter((place) => place.id !== partId);
    machine.change({ machine: { ...running.machine, [kind]: places } });
  };

  return {
    pause: async (id) => {
      await faults.pass('hypervisor.pause');
      still(id, 'pause the instance').machine.change({ paused: true });
    },
    resume: async (id) => {
      await faults.pass('hypervisor.resume');
      still(id, 'resume the instance').machine.change({ paused: false });
    },
    plugDisk: (id, disk) => plug(id, 'disks', disk),
    unplugDisk: (id, diskId) => unplug(id, 'disks', diskId),
    plugNic: (id, nic) => plug(id, 'nics', nic),
    unplugNic: (id, nicId) => unplug(id, 'nics', nicId),
    resizeDisk: async (id, { diskId }) => {
      await faults.pass('hypervisor.resizeDisk');
      const { running } = live(id, 'show the new size of a disk');
      if (running.machine.disks.some((place) => place.id === diskId)) return;
      throw new AppError('not_found', 'The running machine does not have this disk');
    },
    balloon: async (id, memoryMiB) => {
      await faults.pass('hypervisor.balloon');
      const { machine, running } = live(id, 'change the memory');
      const most = running.machine.memoryMiB;
      if (memoryMiB > most) throw new AppError('invalid', `The instance was started with ${most} MiB`);
      machine.change({ memoryMiB });
    },
    changeCd: async (id, cd) => {
      await faults.pass('hypervisor.changeCd');
      const { machine, running } = live(id, 'change the CD');
      const hvParams = { ...running.machine.hvParams, cdrom: cd?.iso ?? null };
      machine.change({ machine: { ...running.machine, hvParams } });
    },
    machine: (id) => live(id, 'tell what the machine is made of').running.machine,
    ...createSimulatedMigration(parts),
  };
}
