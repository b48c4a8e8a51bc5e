// Disks and NICs as QEMU has them, the same whether they are there from the start or plugged later. A device's place (PCI slot, SCSI id, IDE
// unit) and names follow from its index alone: the target of a migration builds the very same machine without being told of slots.
import { AppError } from '@/contract/errors';
import type { DiskMode } from '@/contract/schemas/disk';
import { ideDisks, type HvParams } from '@/contract/schemas/hv-params';
import { limits } from '@/contract/units';

/** `path` may name an fd set, which hides whether a device lies behind it. `mode` absent: `rw`. */
export type QemuDisk = {
  id: string;
  index: number;
  path: string;
  isDevice: boolean;
  isMirrored: boolean;
  mode?: DiskMode;
};
export type QemuNetdev = { type: 'user' } | { type: 'tap'; ifname: string; queues: number };
export type QemuNic = { index: number; mac: string; netdev: QemuNetdev };

/** A -device or device_add: its driver and its properties. */
export type QemuDevice = Record<string, string | number | boolean>;

/** Slots 0 and 1 are the chipset's, 2 is the screen's. */
export const slots = { usb: 3, rng: 4, balloon: 5, scsi: 6, firstNic: 8, firstDisk: 16 };
export const slot = (number: number) => `0x${number.toString(16)}`;

export const diskNode = (index: number) => `disk${index}`;
export const diskDevice = (index: number) => `dev-disk${index}`;
export const netdevId = (index: number) => `nic${index}`;
export const nicDevice = (index: number) => `dev-nic${index}`;
export const cdNode = 'cdrom';
export const cdDevice = 'cd';

/** virtio-blk carries at most 20 characters of serial number. */
export const diskSerial = (diskId: string) => diskId.replaceAll('-', '').slice(0, 20);

/** For -blockdev and blockdev-add. */
export function diskBlockdev(disk: QemuDisk, params: HvParams) {
  return {
    driver: 'raw',
    'node-name': diskNode(inRange(disk.index, limits.disks, 'disk')),
    // The file below is opened like it.
    ...(disk.mode === 'ro' ? { 'read-only': true } : {}),
    cache: { direct: isDirect(disk, params), 'no-flush': false },
    discard: params.diskDiscard,
    file: {
      driver: disk.isDevice ? 'host_device' : 'file',
      filename: absolute(disk.path),
      aio: params.diskAio,
    },
  };
}

/** A mirrored disk is read on the other node after a migration: this node's page cache must not hold anything of it back. */
export const isDirect = ({ isMirrored }: { isMirrored: boolean }, { diskCache }: HvParams) =>
  isMirrored || diskCache === 'none';

export function diskDeviceOf(
  { id, index, mode }: Pick<QemuDisk, 'id' | 'index' | 'mode'>,
  params: HvParams,
): QemuDevice {
  const common = {
    id: diskDevice(index),
    drive: diskNode(index),
    serial: diskSerial(id),
    'write-cache': params.diskCache === 'writethrough' ? 'off' : 'on',
  };
  switch (params.diskBus) {
    case 'virtio':
      return { driver: 'virtio-blk-pci', bus: 'pci.0', addr: slot(slots.firstDisk + index), ...common };
    case 'scsi':
      return { driver: 'scsi-hd', bus: 'scsi.0', 'scsi-id': index, ...common };
    case 'ide': {
      if (mode === 'ro')
        throw new AppError('invalid', `Disk ${index} is on an IDE bus: it cannot be read-only`);
      // The second channel's first unit is the CD drive's.
      const unit = [0, 1, 3][inRange(index, ideDisks, 'IDE disk')] ?? 0;
      return { driver: 'ide-hd', bus: `ide.${Math.floor(unit / 2)}`, unit: unit % 2, ...common };
    }
  }
}

/** For -netdev and netdev_add. */
export function netdevOf({ index, netdev }: Pick<QemuNic, 'index' | 'netdev'>, { vhostNet }: HvParams) {
  const id = netdevId(inRange(index, limits.nics, 'NIC'));
  if (netdev.type === 'user') return { type: 'user', id };
  const { ifname, queues } = netdev;
  return {
    ...{ type: 'tap', id, ifname, script: 'no', downscript: 'no' },
    ...(queues > 1 ? { queues } : {}),
    ...(vhostNet ? { vhost: true } : {}),
  };
}

const nicDrivers = {
  paravirtual: 'virtio-net-pci',
  virtio: 'virtio-net-pci',
  e1000: 'e1000',
  rtl8139: 'rtl8139',
};

/** Only a NIC that is booted from has its boot ROM. */
export function nicDeviceOf(
  { index, mac, netdev }: QemuNic,
  { nicModel }: HvParams,
  { isBooted }: { isBooted: boolean },
): QemuDevice {
  const queues = netdev.type === 'tap' ? netdev.queues : 1;
  return {
    driver: nicDrivers[nicModel],
    id: nicDevice(index),
    bus: 'pci.0',
    addr: slot(slots.firstNic + index),
    netdev: netdevId(index),
    mac,
    ...(isBooted ? {} : { romfile: '' }),
    ...(queues > 1 ? { mq: true, vectors: 2 * queues + 2 } : {}),
  };
}

export function cdBlockdev(path: string) {
  return {
    driver: 'raw',
    'node-name': cdNode,
    'read-only': true,
    file: { driver: 'file', filename: absolute(path) },
  };
}

export function absolute(path: string): string {
  if (path.startsWith('/') && !path.includes('\0')) return path;
  throw new AppError('invalid', `Not an absolute path: ${path}`);
}

function inRange(index: number, most: number, what: string): number {
  if (Number.isInteger(index) && index >= 0 && index < most) return index;
  throw new AppError('invalid', `A machine has room for ${most} of what is called ${what} ${index}`);
}
