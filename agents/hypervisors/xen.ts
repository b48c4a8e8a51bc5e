// Runs instances as domains of Xen, in the three ways that it has, through `xl`. A domain outlives the agent: it is found again by the instance's
// id, and nothing but the agent decides what becomes of one that ended.
import { createConnection } from 'node:net';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { AppError } from '@/contract/errors';
import { type XenKind, xenKinds } from '@/contract/hypervisor-kind';
import { readStore } from '../tools/xenstore/xenstore';
import type { XenInfo } from '../tools/xl/parse';
import { askToShutDown, readXenInfo } from '../tools/xl/xl';
import type { HostFacts, Hypervisor, StartRequest, StopRequest } from './hypervisor';
import { readBootId } from './kvm-record';
import { keepKernel, requirePlace } from './xen-build';
import { describeDomain } from './xen-config';
import { createXenForeign } from './xen-foreign';
import type { XenGuest } from './xen-guest';
import { createXenGuests, type XenGuests } from './xen-guests';
import * as live from './xen-live';
import { createMigrationVerbs } from './xen-migrate';
import type { XenRecord } from './xen-record';
import { endMoves } from './xen-settle';
import { requireBuildSoon } from './xen-turns';

/** A guest that is just booting does not hear it, so it is asked again. */
const askAgainMs = 5_000;
/** Emulates the devices of a PC, and screens. */
export const deviceModel = '/usr/libexec/xen-qemu-system-i386';

/** One driver for each way, over the same domains. */
export function createXen({ stateFolder }: { stateFolder: string }): Hypervisor[] {
  const guests = createXenGuests(stateFolder);
  const foreignOf = createXenForeign(guests);
  return xenKinds.map((kind) => ({ ...createDriver(kind, guests), foreign: foreignOf(kind) }));
}

function createDriver(kind: XenKind, guests: XenGuests): Hypervisor {
  const isOurs = (guest: XenGuest) => guest.record()?.kind === kind;
  return {
    kind,
    version: async () => {
      const info = await readXenInfo();
      return info && whyNot(kind, info, await hasDeviceModel()) === null ? info.version : null;
    },
    host: async () => readHost(guests),
    accelerator: () => ({ setting: 'auto', used: 'xen', reason: 'The node runs Xen.' }),
    configure() {},
    recover: guests.recover,
    start: async (start) => startDomain(guests, kind, start),
    async stop(request) {
      const guest = guests.of(request.instanceId);
      return guest.isLive() ? stopDomain(guest, request) : { forced: false };
    },
    reset: async (id) => live.resetDomain(guests.live(id, 'reset the instance')),
    cleanup: guests.cleanup,
    list: () =>
      guests
        .list()
        .filter(isOurs)
        .map((guest) => guest.observed())
        .filter((observed) => observed !== null),
    onChange: (listener) =>
      guests.onChange((observed) => {
        if (isOurs(guests.of(observed.id))) listener(observed);
      }),
    openConsole: async (id, wanted) =>
      wanted === 'serial' ? guests.of(id).serial.open() : openScreen(guests.live(id, 'open the screen')),
    pause: async (id) => live.pauseDomain(guests.live(id, 'pause the instance')),
    resume: async (id) => live.resumeDomain(guests.live(id, 'resume the instance')),
    plugDisk: async (id, disk) => live.plugDisk(guests.live(id, `plug disk ${disk.index} in`), disk),
    unplugDisk: async (id, diskId) => live.unplugDisk(guests.live(id, 'take a disk out'), diskId),
    plugNic: async (id, nic) => live.plugNic(guests.live(id, `plug NIC ${nic.index} in`), nic),
    unplugNic: async (id, nicId) => live.unplugNic(guests.live(id, 'take a NIC out'), nicId),
    resizeDisk: async (id, { diskId }) =>
      live.requireDisk(guests.live(id, 'show the new size of a disk'), diskId),
    balloon: async (id, memoryMiB) => live.balloonDomain(guests.live(id, 'change the memory'), memoryMiB),
    changeCd: async (id, cd) => live.changeCd(guests.live(id, 'change the CD'), cd),
    machine: (id) => guests.live(id, 'tell what the machine is made of').running().machine,
    ...createMigrationVerbs(guests, kind),
    close: guests.close,
  };
}

async function readHost({ node }: XenGuests): Promise<HostFacts | null> {
  const [info, domains, hasModel] = await Promise.all([readXenInfo(), node.look(), hasDeviceModel()]);
  if (info === null) return null;
  const own = domains.find(({ domid }) => domid === 0)?.memoryMiB ?? 0;
  const missing = xenKinds.flatMap((kind) => {
    const why = whyNot(kind, info, hasModel);
    return why === null ? [] : [{ kind, why }];
  });
  return {
    memory: { totalMiB: Math.max(0, info.totalMiB - own), freeMiB: info.freeMiB },
    threads: info.cpus,
    xen: {
      ...{ version: info.version, scheduler: info.scheduler, capabilities: info.capabilities },
      ...{ totalMiB: info.totalMiB, ownMiB: own, missing },
    },
  };
}

/** What is missing to run this kind; null when nothing is. */
export function whyNot(kind: XenKind, { capabilities }: XenInfo, hasModel: boolean): string | null {
  const needed = kind === 'xen-pvm' ? 'pv' : 'hvm';
  if (!capabilities.includes(needed))
    return needed === 'pv'
      ? 'This Xen was built without PV.'
      : 'The CPU offers Xen no hardware virtualization.';
  return kind === 'xen-hvm' && !hasModel ? 'The package qemu-system-xen is not installed.' : null;
}

export const hasDeviceModel = () => isThere(deviceModel);

export function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function startDomain(guests: XenGuests, kind: XenKind, start: StartRequest): Promise<void> {
  const { id, name } = start.definition;
  const guest = guests.of(id);
  if (guest.isLive() && guest.observed()?.migration === 'receiving')
    throw new AppError('wrong_state', 'Cannot start the instance: its migration is not finished');
  if (guest.isLive()) return;
  const doing = `start ${name}`;
  await requirePlace(guest, { name, instanceId: id }, { node: guests.node, doing });
  await requireBuildSoon(doing);
  await keepKernel(guest.files, start.boot);
  const record: XenRecord = {
    ...{ instanceId: id, name, kind, bootId: await readBootId(), startedAt: new Date().toISOString() },
    ...describeDomain(kind, start, guest.files),
    ...{ building: true, ended: null, migration: null },
  };
  await guest.start(record, { paused: start.paused ?? false });
}

async function stopDomain(
  guest: XenGuest,
  { force, timeoutMs, signal }: StopRequest,
): Promise<{ forced: boolean }> {
  guest.expectEnd(true);
  if (guest.running().migration) {
    await endMoves(guest.files.folder);
    await guest.kill();
    return { forced: true };
  }
  if (!force && timeoutMs > 0 && (await shutDown(guest, timeoutMs, signal))) return { forced: false };
  if (signal?.aborted) {
    guest.expectEnd(false);
    throw new AppError('canceled', `Cannot stop ${guest.observed()?.name ?? 'the instance'}: canceled`);
  }
  await guest.kill();
  return { forced: true };
}

/** Asks until it is off; false when time is up or the caller gave up. */
async function shutDown(guest: XenGuest, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const ask = () => {
    if (guest.isLive())
      void askToShutDown(guest.domid(), `shut ${guest.running().name} down`).catch(() => {});
  };
  if (signal?.aborted) return false;
  ask();
  const again = setInterval(ask, askAgainMs);
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  try {
    await guest.ended(patience.signal);
    return !guest.isLive();
  } finally {
    clearInterval(again);
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Xen's device model listens on the node's loopback alone. */
async function openScreen(guest: XenGuest): Promise<Duplex> {
  const { name, kind, machine } = guest.running();
  const why = kind === 'xen-pvh' ? 'Xen PVH has none' : 'the instance was started without one';
  const port = Number(
    machine.hvParams.screen && (await readStore(`/local/domain/${guest.domid()}/console/vnc-port`)),
  );
  if (!port)
    throw new AppError('wrong_state', `Cannot open the screen of ${name}: ${why}; its serial line is there`);
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return socket;
}
