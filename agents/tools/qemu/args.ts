// From what an instance is to QEMU's argument array. Pure: the same machine gives the same arguments, and nothing in a definition can
// change the number or the kind of options.
import { AppError } from '@/contract/errors';
import { commaList, escapeValue } from './options';

/** What QEMU needs to know; a StartRequest of the driver fits. */
export type QemuMachine = {
  definition: { id: string; name: string; vcpus: number; memoryMiB: number };
  boot:
    | { kind: 'firmware' }
    | { kind: 'iso'; path: string }
    | { kind: 'kernel'; kernel: string; initrd: string; args: string };
  disks: { id: string; index: number; path: string }[];
  nics: { index: number; mac: string; netdev: string }[];
};

export type QemuPaths = {
  qmpSocket: string;
  serialSocket: string;
  serialLog: string;
  screenSocket: string;
};

export const qemuProgram = 'qemu-system-x86_64';

export function buildQemuArgs(request: {
  machine: QemuMachine;
  paths: QemuPaths;
  accelerator: 'kvm' | 'tcg';
  /** Inherited descriptors that are named as /dev/fdset/<number>. */
  fdSets?: number[];
}): [string, ...string[]] {
  const { machine, paths, accelerator, fdSets = [] } = request;
  return [
    qemuProgram,
    ...baseArgs(machine),
    ...cpuArgs(machine, accelerator),
    ...fdSets.flatMap((fd) => ['-add-fd', `fd=${fd},set=${fd}`]),
    ...channelArgs(paths),
    ...deviceArgs(),
    ...bootArgs(machine),
    ...byIndex(machine.disks).flatMap((disk, position) => diskArgs(disk, bootIndexOf(machine, position))),
    ...byIndex(machine.nics).flatMap(nicArgs),
  ];
}

function baseArgs({ definition }: QemuMachine): string[] {
  return [
    '-no-user-config',
    '-nodefaults',
    '-name',
    commaList('', { guest: definition.name, 'debug-threads': true }),
    '-uuid',
    definition.id,
    // A broken-out guest may not start programs nor gain rights.
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-msg',
    'timestamp=on',
    '-rtc',
    'base=utc',
    // A guest that powers off leaves QEMU waiting, so that also an agent which was away learns that it was no crash.
    '-no-shutdown',
  ];
}

/** What `max` has and emulation pays dearly for, without use to the guest. */
const slowUnderTcg = ['la57', 'smap', 'smep', 'pku', 'pks', 'umip', 'erms', 'fsrm', 'pcid'];

function cpuArgs({ definition }: QemuMachine, accelerator: 'kvm' | 'tcg'): string[] {
  const tcg = accelerator === 'tcg';
  return [
    '-machine',
    'pc',
    '-accel',
    tcg ? 'tcg,thread=multi,tb-size=128' : 'kvm',
    '-cpu',
    tcg ? ['max', ...slowUnderTcg.map((flag) => `${flag}=off`)].join(',') : 'host',
    '-smp',
    `cpus=${definition.vcpus}`,
    '-m',
    `size=${definition.memoryMiB}M`,
  ];
}

function channelArgs(paths: QemuPaths): string[] {
  const server = { server: true, wait: false };
  return [
    '-chardev',
    commaList('socket', { id: 'qmp', path: paths.qmpSocket, ...server }),
    '-mon',
    'chardev=qmp,mode=control',
    '-chardev',
    commaList('socket', {
      id: 'serial0',
      path: paths.serialSocket,
      ...server,
      logfile: paths.serialLog,
      logappend: true,
    }),
    '-serial',
    'chardev:serial0',
    '-vnc',
    `unix:${escapeValue(paths.screenSocket)},share=force-shared`,
  ];
}

function deviceArgs(): string[] {
  return [
    '-vga',
    'std',
    // An absolute pointer, so that the mouse in the browser and in the guest agree.
    '-device',
    'qemu-xhci,id=usb',
    '-device',
    'usb-tablet,bus=usb.0',
    '-object',
    'rng-random,id=rng,filename=/dev/urandom',
    '-device',
    'virtio-rng-pci,rng=rng',
    '-device',
    'virtio-balloon-pci,id=balloon',
  ];
}

function bootArgs({ boot }: QemuMachine): string[] {
  const strict = ['-boot', 'strict=on'];
  if (boot.kind === 'firmware') return strict;
  if (boot.kind === 'kernel') return ['-kernel', boot.kernel, '-initrd', boot.initrd, '-append', boot.args];
  return [
    ...strict,
    '-blockdev',
    JSON.stringify({
      driver: 'raw',
      'node-name': 'cdrom',
      'read-only': true,
      file: { driver: 'file', filename: absolute(boot.path) },
    }),
    '-device',
    'ide-cd,id=cd,drive=cdrom,bootindex=1',
  ];
}

/** The firmware tries the ISO first, then the disks in order; with a kernel from outside it is not asked. */
function bootIndexOf({ boot }: QemuMachine, position: number): number | undefined {
  if (boot.kind === 'kernel') return undefined;
  return position + (boot.kind === 'iso' ? 2 : 1);
}

/** virtio-blk carries at most 20 characters of serial number. */
export const diskSerial = (diskId: string) => diskId.replaceAll('-', '').slice(0, 20);

function diskArgs(disk: QemuMachine['disks'][number], bootindex: number | undefined): string[] {
  const node = `disk${disk.index}`;
  return [
    '-blockdev',
    JSON.stringify({
      driver: 'raw',
      'node-name': node,
      // The page cache works on every file system; the guest's flushes reach the disk. Holes would give up the reservation.
      cache: { direct: false, 'no-flush': false },
      discard: 'ignore',
      file: {
        driver: isDevice(disk.path) ? 'host_device' : 'file',
        filename: absolute(disk.path),
        aio: 'threads',
      },
    }),
    '-device',
    commaList('virtio-blk-pci', {
      id: `virtio-${node}`,
      drive: node,
      serial: diskSerial(disk.id),
      bootindex,
    }),
  ];
}

const isDevice = (path: string) => path.startsWith('/dev/') && !path.startsWith('/dev/fdset/');

function nicArgs(nic: QemuMachine['nics'][number]): string[] {
  const id = `nic${nic.index}`;
  return [
    '-netdev',
    `${nic.netdev},id=${id}`,
    '-device',
    commaList('virtio-net-pci', { id: `virtio-${id}`, netdev: id, mac: nic.mac, romfile: '' }),
  ];
}

function byIndex<T extends { index: number }>(items: T[]): T[] {
  return [...items].sort((a, b) => a.index - b.index);
}

function absolute(path: string): string {
  if (path.startsWith('/') && !path.includes('\0')) return path;
  throw new AppError('invalid', `Not an absolute path: ${path}`);
}
