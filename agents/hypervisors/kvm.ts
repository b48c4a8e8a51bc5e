// Runs instances in QEMU, with KVM where the node has it and software emulation elsewhere. QEMU outlives the agent: it is started in a
// session of its own and found again through what was written down beside it.
import { createConnection } from 'node:net';
import { readdir, rmdir } from 'node:fs/promises';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { AppError } from '@/contract/errors';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { Id } from '@/contract/names';
import type { AcceleratorSetting } from '@/contract/schemas/node';
import { ifMissing } from '../missing-file';
import { qemuProgram } from '../tools/qemu/args';
import { run } from '../tools/run';
import type { Hypervisor, StartRequest, StopRequest } from './hypervisor';
import { decideAccelerator, readKvmAbility } from './kvm-accelerator';
import { chooseSocketRoot, kvmFiles, removeAllFiles } from './kvm-files';
import { KvmGuest } from './kvm-guest';
import { findProcess, readBootId, readRecord } from './kvm-record';
import { startQemu } from './kvm-start';
import { ensureQemuUser, userWithDevices, type QemuUser } from './qemu-user';

/** A guest that is just booting misses the power button, so it is pressed again. */
const powerButtonMs = 5_000;
const screenKnocks = 100;
const screenKnockMs = 20;

export async function createKvm({ stateFolder }: { stateFolder: string }): Promise<Hypervisor> {
  const socketRoot = chooseSocketRoot(stateFolder);
  const guests = new Map<string, KvmGuest>();
  const listeners = new Set<(observed: ObservedInstance) => void>();
  let setting: AcceleratorSetting = 'auto';
  let ability = await readKvmAbility();
  let version: string | null = null;

  const tell = (observed: ObservedInstance) => listeners.forEach((listener) => listener(observed));
  const guestOf = (instanceId: string, root = socketRoot): KvmGuest => {
    const known = guests.get(instanceId);
    if (known) return known;
    const guest = new KvmGuest(kvmFiles(stateFolder, root, instanceId), tell);
    guests.set(instanceId, guest);
    return guest;
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
    async recover(definitions) {
      const bootId = await readBootId();
      const ids = await readdir(stateFolder).catch(ifMissing<string[]>([]));
      const found = ids.filter((id) => Id.safeParse(id).success);
      await Promise.all(
        found.map((id) => recoverGuest({ id, bootId, definitions, guestOf, stateFolder, socketRoot })),
      );
    },
    async start(start) {
      const guest = guestOf(start.definition.id);
      if (guest.isLive() && !guest.isEnding()) return;
      await guest.ended();
      const accelerator = decideAccelerator(setting, ability).used;
      // One that was found again may have had its sockets elsewhere.
      guest.files = kvmFiles(stateFolder, socketRoot, start.definition.id);
      const user = await chooseUser(start, accelerator);
      await startQemu({ guest, start, accelerator, socketRoot, user });
    },
    async stop(request) {
      const guest = guests.get(request.instanceId);
      return guest?.isLive() ? stopGuest(guest, request) : { forced: false };
    },
    async reset(instanceId) {
      await requireLive(guests.get(instanceId), 'reset the instance').reset();
    },
    async cleanup(instanceId) {
      const guest = guestOf(instanceId);
      if (guest.isLive()) throw new AppError('wrong_state', 'Cannot clean up after an instance that runs');
      await guest.close();
      guests.delete(instanceId);
      await removeAllFiles(guest.files);
    },
    list() {
      return [...guests.values()].map((guest) => guest.observed()).filter((observed) => observed !== null);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async openConsole(instanceId, kind) {
      if (kind === 'serial') return guestOf(instanceId).serial.open();
      return openScreen(requireLive(guests.get(instanceId), 'open the screen'));
    },
    async close() {
      listeners.clear();
      await Promise.all([...guests.values()].map((guest) => guest.close()));
      // Stays while instances have their sockets in it.
      if (socketRoot !== stateFolder) await rmdir(socketRoot).catch(() => {});
    },
  };
}

async function chooseUser(start: StartRequest, accelerator: 'kvm' | 'tcg'): Promise<QemuUser | null> {
  const user = await ensureQemuUser();
  const devices = [
    ...(accelerator === 'kvm' ? ['/dev/kvm'] : []),
    ...(start.nics.some(({ ifname }) => ifname !== null) ? ['/dev/net/tun'] : []),
  ];
  return user && userWithDevices(user, devices);
}

function requireLive(guest: KvmGuest | undefined, doing: string): KvmGuest {
  if (guest?.isLive()) return guest;
  throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`);
}

/** QEMU lets one viewer wait at its door; who comes in the same moment knocks again. */
async function openScreen({ files }: KvmGuest): Promise<Duplex> {
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

async function recoverGuest(request: {
  id: string;
  bootId: string;
  definitions: InstanceDefinition[];
  guestOf: (id: string, socketRoot?: string) => KvmGuest;
  stateFolder: string;
  socketRoot: string;
}): Promise<void> {
  const { id, bootId, definitions, guestOf, stateFolder, socketRoot } = request;
  const written = await readRecord(kvmFiles(stateFolder, socketRoot, id).record);
  if (!written) return;
  const name = definitions.find((definition) => definition.id === id)?.name ?? written.name;
  const record = { ...written, name };
  const guest = guestOf(id, record.socketRoot);
  const process = record.bootId === bootId ? await findProcess(record) : null;
  if (record.ended && !process) return guest.noteEnded(record);
  if (process) return guest.find({ ...record, process });
  const at = new Date().toISOString();
  // A QEMU whose guest powered off waits for the agent, so one that is gone did not end well, unless the whole node went down.
  if (record.bootId !== bootId)
    return guest.noteEnded({
      ...record,
      ended: { operState: 'absent', detail: 'The node was restarted.', at },
    });
  await guest.noteCrash(record);
}

async function stopGuest(guest: KvmGuest, request: StopRequest): Promise<{ forced: boolean }> {
  const { force, timeoutMs, signal } = request;
  guest.expectEnd(true);
  if (!force && (await shutDown(guest, { timeoutMs, signal }))) return { forced: false };
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
