// Runs instances in QEMU, with KVM where the node has it and software emulation elsewhere. QEMU outlives the agent: it is started in a
// session of its own and found again through what was written down beside it.
import { createConnection } from 'node:net';
import { rmdir } from 'node:fs/promises';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { AppError } from '@/contract/errors';
import type { AcceleratorSetting } from '@/contract/schemas/node';
import { qemuProgram } from '../tools/qemu/args';
import { run } from '../tools/run';
import type { Hypervisor, StartRequest, StopRequest } from './hypervisor';
import { decideAccelerator, readKvmAbility } from './kvm-accelerator';
import { chooseSocketRoot, kvmFiles } from './kvm-files';
import type { KvmGuest } from './kvm-guest';
import { createKvmGuests } from './kvm-guests';
import { isElsewhere, resetGuest } from './kvm-live';
import { startQemu } from './kvm-start';
import { createLiveVerbs, type Launch } from './kvm-verbs';
import { ensureQemuUser, userWithDevices, type QemuUser } from './qemu-user';

/** A guest that is just booting misses the power button, so it is pressed again. */
const powerButtonMs = 5_000;
const screenKnocks = 100;
const screenKnockMs = 20;

export async function createKvm({ stateFolder }: { stateFolder: string }): Promise<Hypervisor> {
  const socketRoot = chooseSocketRoot(stateFolder);
  const guests = createKvmGuests({ stateFolder, socketRoot });
  let setting: AcceleratorSetting = 'auto';
  let ability = await readKvmAbility();
  let version: string | null = null;
  const accelerator = () => decideAccelerator(setting, ability).used;
  const launch: Launch = async (request) => {
    const { guest, start } = request;
    // One that was found again may have had its sockets elsewhere.
    guest.files = kvmFiles(stateFolder, socketRoot, start.definition.id);
    const user = await chooseUser(start, request.accelerator);
    await startQemu({ ...request, socketRoot, user });
    return user;
  };

  return {
    kind: 'kvm',
    async version() {
      ability = await readKvmAbility();
      version ??= await readVersion();
      return version;
    },
    accelerator: () => decideAccelerator(setting, ability),
    configure(wanted) {
      setting = wanted;
    },
    async start(start) {
      const guest = guests.of(start.definition.id);
      if (isElsewhere(guest))
        throw new AppError('wrong_state', 'Cannot start the instance: its migration is not finished');
      if (guest.isLive() && !guest.isEnding()) return;
      await guest.ended();
      await launch({ guest, start, accelerator: accelerator() });
    },
    async stop(request) {
      const guest = guests.of(request.instanceId);
      return guest.isLive() ? stopGuest(guest, request) : { forced: false };
    },
    async reset(instanceId) {
      await resetGuest(guests.live(instanceId, 'reset the instance'));
    },
    recover: guests.recover,
    cleanup: guests.cleanup,
    list: guests.list,
    onChange: guests.onChange,
    ...createLiveVerbs({ guests, launch, accelerator }),
    async openConsole(instanceId, kind) {
      if (kind === 'serial') return guests.of(instanceId).serial.open();
      return openScreen(guests.live(instanceId, 'open the screen'));
    },
    async close() {
      await guests.close();
      // Stays while instances have their sockets in it.
      if (socketRoot !== stateFolder) await rmdir(socketRoot).catch(() => {});
    },
  };
}

async function chooseUser(start: StartRequest, accelerator: 'kvm' | 'tcg'): Promise<QemuUser | null> {
  const user = await ensureQemuUser();
  const hasTap = start.nics.some(({ netdev }) => netdev.type === 'tap');
  const devices = [
    ...(accelerator === 'kvm' ? ['/dev/kvm'] : []),
    ...(hasTap ? ['/dev/net/tun'] : []),
    ...(hasTap && start.definition.hvParams.vhostNet ? ['/dev/vhost-net'] : []),
  ];
  return user && userWithDevices(user, devices);
}

/** QEMU lets one viewer wait at its door; who comes in the same moment knocks again. */
async function openScreen(guest: KvmGuest): Promise<Duplex> {
  const { files } = guest;
  if (guest.record()?.machine?.hvParams.screen === false)
    throw new AppError('wrong_state', 'Cannot open the screen: the instance was started without one');
  for (let left = screenKnocks; ; left -= 1) {
    const socket = createConnection({ path: files.screenSocket });
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isBusy || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, screenKnockMs));
    }
  }
}

async function stopGuest(guest: KvmGuest, request: StopRequest): Promise<{ forced: boolean }> {
  const { force, timeoutMs, signal } = request;
  guest.expectEnd(true);
  if (!force && !isElsewhere(guest) && (await shutDown(guest, { timeoutMs, signal })))
    return { forced: false };
  if (signal?.aborted) {
    guest.expectEnd(false);
    throw new AppError('canceled', `Cannot stop ${guest.observed()?.name ?? 'the instance'}: canceled`);
  }
  await guest.kill();
  return { forced: true };
}

/** Presses the power button until it is off; false when time is up or the caller gave up. */
async function shutDown(
  guest: KvmGuest,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<boolean> {
  if (timeoutMs <= 0 || signal?.aborted) return false;
  const press = () => {
    if (guest.isLive()) void guest.pressPowerButton();
  };
  press();
  const button = setInterval(press, powerButtonMs);
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const givenUp = new Promise<boolean>((resolve) => {
    onAbort = () => resolve(false);
    timer = setTimeout(onAbort, timeoutMs);
    signal?.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([guest.ended().then(() => true), givenUp]);
  } finally {
    clearInterval(button);
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function readVersion(): Promise<string | null> {
  const request = {
    argv: [qemuProgram, '--version'] as const,
    doing: 'ask QEMU for its version',
    timeoutMs: 10_000,
  };
  const output = await run(request).catch(() => null);
  return /version (\S+)/.exec(output?.stdout ?? '')?.[1] ?? null;
}
