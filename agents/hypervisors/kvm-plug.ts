// Plugging disks and NICs into a running QEMU and taking them out. What may be there is written down before it is, so that after a crash
// half-way both verbs find all of it again.
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import type { RunningMachine } from '@/contract/agent-live-calls';
import {
  diskBlockdev,
  diskDevice,
  diskDeviceOf,
  diskNode,
  netdevId,
  netdevOf,
  nicDevice,
  nicDeviceOf,
} from '../tools/qemu/devices';
import type { QmpClient } from '../tools/qmp/client';
import { passFile } from '../tools/qmp/pass-file';
import { type AssembledDisk, type Place, placeOf, type PluggedNic } from './hypervisor';
import type { KvmGuest } from './kvm-guest';
import { diskFlags, qemuNicOf } from './kvm-handles';
import { machineIn, requireRunning } from './kvm-live';
import { removeNode } from './kvm-nodes';

/** A guest's kernel answers within a second; one that is just booting, or has none, never does. */
const unplugMs = 60_000;

type Kind = 'disks' | 'nics';

const nodeOf = ({ id, index }: Place) => ({ node: diskNode(index), opaque: id });

export async function plugDisk(guest: KvmGuest, disk: AssembledDisk): Promise<void> {
  const machine = machineIn(guest);
  const device = diskDevice(disk.index);
  const qmp = guest.monitor();
  if ((await devicesOf(qmp)).has(device) && isPlugged(machine.disks, disk)) return;
  requireRunning(guest, `plug disk ${disk.index} in`);
  refuseIde(machine);
  await notePlugged(guest, 'disks', disk);
  await removeNode(qmp, nodeOf(disk));
  const doing = `plug disk ${disk.index} into ${guest.record()?.name}`;
  try {
    const isDevice = (await stat(disk.path)).isBlockDevice();
    const file = { path: disk.path, flags: diskFlags(disk, machine.hvParams), opaque: disk.id };
    const path = await passFile({ ...file, socket: guest.files.fdSocket, doing });
    await qmp.execute('blockdev-add', diskBlockdev({ ...disk, path, isDevice }, machine.hvParams));
    await qmp.execute('device_add', diskDeviceOf(disk, machine.hvParams));
  } catch (error) {
    await removeNode(qmp, nodeOf(disk));
    await noteUnplugged(guest, 'disks', disk.id);
    throw error;
  }
}

export async function unplugDisk(guest: KvmGuest, diskId: string): Promise<void> {
  const machine = machineIn(guest);
  const disk = machine.disks.find(({ id }) => id === diskId);
  if (!disk) return;
  refuseIde(machine);
  await removeDevice(guest, { device: diskDevice(disk.index), what: `disk ${disk.index}` });
  await removeNode(guest.monitor(), nodeOf(disk));
  await noteUnplugged(guest, 'disks', diskId);
}

export async function plugNic(guest: KvmGuest, nic: PluggedNic): Promise<void> {
  const { nics, hvParams } = machineIn(guest);
  const qmp = guest.monitor();
  if ((await devicesOf(qmp)).has(nicDevice(nic.index)) && isPlugged(nics, nic)) return;
  requireRunning(guest, `plug NIC ${nic.index} in`);
  await notePlugged(guest, 'nics', nic);
  await removeNetdev(qmp, nic.index);
  try {
    await qmp.execute('netdev_add', netdevOf(qemuNicOf(nic), hvParams));
    await qmp.execute('device_add', nicDeviceOf(qemuNicOf(nic), hvParams, { isBooted: false }));
  } catch (error) {
    await removeNetdev(qmp, nic.index);
    await noteUnplugged(guest, 'nics', nic.id);
    throw error;
  }
}

export async function unplugNic(guest: KvmGuest, nicId: string): Promise<void> {
  const nic = machineIn(guest).nics.find(({ id }) => id === nicId);
  if (!nic) return;
  await removeDevice(guest, { device: nicDevice(nic.index), what: `NIC ${nic.index}` });
  await removeNetdev(guest.monitor(), nic.index);
  await noteUnplugged(guest, 'nics', nicId);
}

function refuseIde({ hvParams }: RunningMachine): void {
  if (hvParams.diskBus === 'ide')
    throw new AppError('wrong_state', 'IDE disks cannot be changed while the instance runs');
}

function isPlugged(places: Place[], { id, index }: Place): boolean {
  const there = places.find((place) => place.index === index);
  if (there && there.id !== id)
    throw new AppError('wrong_state', `Place ${index} is taken; what is there has to be taken out first`, {
      details: { index, id: there.id },
    });
  return there !== undefined;
}

async function notePlugged(guest: KvmGuest, kind: Kind, part: Place): Promise<void> {
  const machine = machineIn(guest);
  if (isPlugged(machine[kind], part)) return;
  await guest.note({ machine: { ...machine, [kind]: [...machine[kind], placeOf(part)] } });
}

async function noteUnplugged(guest: KvmGuest, kind: Kind, id: string): Promise<void> {
  const machine = machineIn(guest);
  await guest.note({
    machine: { ...machine, [kind]: machine[kind].filter((place) => place.id !== id) },
  });
}

const Names = z.array(z.object({ name: z.string() }));

async function devicesOf(qmp: QmpClient): Promise<Set<string>> {
  const listed = Names.parse(await qmp.execute('qom-list', { path: '/machine/peripheral' }));
  return new Set(listed.map(({ name }) => name));
}

/** Asks the guest to let go of the device and waits until it has. */
async function removeDevice(
  guest: KvmGuest,
  { device, what }: { device: string; what: string },
): Promise<void> {
  const qmp = guest.monitor();
  if (!(await devicesOf(qmp)).has(device)) return;
  requireRunning(guest, `take ${what} out`);
  const name = guest.record()?.name;
  const answer = waitForAnswer(guest, device);
  try {
    // One that was asked before and has not answered is waited for again.
    await qmp.execute('device_del', { id: device }).catch((error: unknown) => {
      if (!String(error).includes('already in the process of unplug')) throw error;
    });
    const said = await answer.promise;
    if (said === 'refused')
      throw new AppError('tool_failed', `Cannot take ${what} out of ${name}: the guest refuses to let it go`);
    if (said === 'nothing' && (await devicesOf(qmp)).has(device))
      throw new AppError(
        'timeout',
        `Cannot take ${what} out of ${name}: the guest has not let it go in ${unplugMs / 1000} s. It may still be booting, or in use of it`,
      );
  } finally {
    answer.end();
  }
}

function waitForAnswer(guest: KvmGuest, device: string) {
  let end = () => {};
  const promise = new Promise<'gone' | 'refused' | 'nothing'>((resolve) => {
    const timer = setTimeout(() => resolve('nothing'), unplugMs);
    const stop = guest.hear(({ event, data }) => {
      if (data['device'] !== device) return;
      if (event === 'DEVICE_DELETED') resolve('gone');
      if (event === 'DEVICE_UNPLUG_GUEST_ERROR') resolve('refused');
    });
    void guest.ended().then(() => resolve('gone'));
    end = () => {
      clearTimeout(timer);
      stop();
    };
  });
  return { promise, end };
}

/** There is no list of netdevs to look into: none by this name is as good as removed. */
async function removeNetdev(qmp: QmpClient, index: number): Promise<void> {
  await qmp.execute('netdev_del', { id: netdevId(index) }).catch((error: unknown) => {
    if (!String(error).includes('not found')) throw error;
  });
}
