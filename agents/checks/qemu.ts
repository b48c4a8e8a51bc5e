// What instances run with: QEMU, KVM, and the devices that QEMU opens as its own user; and what copies their disks.
import { stat } from 'node:fs/promises';
import type { NodeCheck } from '@/contract/schemas/node';
import { decideAccelerator, readKvmAbility, type KvmAbility } from '../hypervisors/kvm-accelerator';
import { userWithDevices } from '../hypervisors/qemu-user';
import { ask, missing, ok, warn } from './check';

/** How QEMU would open a device: `open` as its own user, `root` only as root. */
export type DeviceReading = { device: string; access: 'open' | 'root' | 'absent' };
export type QemuReading = {
  version: string | null;
  canCopy: boolean;
  kvm: KvmAbility;
  devices: DeviceReading[];
};

const devices = ['/dev/kvm', '/dev/net/tun'];
/** Somebody who owns nothing, as QEMU's user does. */
const anybody = { uid: 65_534, gid: 65_534 };

export async function readQemu(): Promise<QemuReading> {
  const [answer, receiver, sender, kvm, found] = await Promise.all([
    ask(['qemu-system-x86_64', '--version']),
    ask(['qemu-nbd', '--version']),
    ask(['qemu-img', '--version']),
    readKvmAbility(),
    readDevices(),
  ]);
  const version = /version (\S+)/.exec(answer ?? '')?.[1] ?? null;
  return { version, canCopy: receiver !== null && sender !== null, kvm, devices: found };
}

export function readDevices(paths = devices): Promise<DeviceReading[]> {
  return Promise.all(
    paths.map(async (device) => {
      const isThere = await stat(device).then(
        () => true,
        () => false,
      );
      if (!isThere) return { device, access: 'absent' as const };
      const user = await userWithDevices(anybody, [device]);
      return { device, access: user ? ('open' as const) : ('root' as const) };
    }),
  );
}

export function judgeQemu({ version, canCopy, kvm, devices: found }: QemuReading): NodeCheck[] {
  const qemu =
    version === null
      ? missing('qemu', 'QEMU is not installed: no instance can run.', 'apt-get install qemu-system-x86')
      : ok('qemu', `QEMU ${version} is installed.`);
  const isKvmUsed = decideAccelerator('auto', kvm).used === 'kvm';
  const wanted = found.filter(({ device }) => device !== '/dev/kvm' || isKvmUsed);
  return [qemu, judgeCopying(canCopy), judgeKvm(kvm), ...wanted.map(judgeDevice)];
}

export function judgeCopying(canCopy: boolean): NodeCheck {
  const code = 'qemu-utils';
  if (canCopy) return ok(code, 'Disks can be copied to and from this node.');
  const says = 'qemu-nbd and qemu-img are not installed: disks cannot be copied to or from this node.';
  return warn(code, says, 'apt-get install qemu-utils');
}

function judgeKvm(ability: KvmAbility): NodeCheck {
  const { used, reason } = decideAccelerator('auto', ability);
  if (used === 'kvm') return ok('kvm', reason);
  return warn(
    'kvm',
    `Instances run in software emulation, which is slow. ${reason}`,
    "Switch hardware virtualization on in the machine's firmware (or in the hypervisor that it runs in), and load kvm-intel or kvm-amd.",
  );
}

function judgeDevice({ device, access }: DeviceReading): NodeCheck {
  const code = `device ${device}`;
  if (access === 'open') return ok(code, `QEMU opens ${device} as its own user.`);
  if (access === 'absent')
    return warn(code, `There is no ${device}: instances cannot be plugged into bridges.`, 'modprobe tun');
  const mend = device === '/dev/kvm' ? `chgrp kvm ${device} && chmod 660 ${device}` : `chmod 666 ${device}`;
  const says = `Only root may open ${device}, so QEMU has to run as root.`;
  return warn(code, says, `${mend}, and a udev rule that does so at every boot`);
}
