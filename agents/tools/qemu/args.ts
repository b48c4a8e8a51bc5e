// From what an instance is to QEMU's argument array. Pure: the same machine gives the same arguments, and nothing in a definition can
// change the number or the kind of options.
import type { HvParams } from '@/contract/schemas/hv-params';
import {
  cdBlockdev,
  cdDevice,
  cdNode,
  diskBlockdev,
  diskDeviceOf,
  netdevOf,
  nicDeviceOf,
  slot,
  slots,
  type QemuDevice,
  type QemuDisk,
  type QemuNic,
} from './devices';
import { commaList, escapeValue } from './options';

export type QemuMachine = {
  definition: { id: string; name: string; vcpus: number; memoryMiB: number; hvParams: HvParams };
  boot:
    | { kind: 'firmware'; order: 'disk' | 'cdrom' | 'network' }
    | { kind: 'kernel'; kernel: string; initrd: string | null; args: string };
  /** The ISO file in the CD drive. */
  cd: string | null;
  disks: QemuDisk[];
  nics: QemuNic[];
  /** `incoming`: it waits to be told where its state comes from. */
  begins: 'running' | 'paused' | 'incoming';
};

export type QemuPaths = {
  qmpSocket: string;
  /** A second monitor, through which open files are handed in. */
  fdSocket: string;
  serialSocket: string;
  serialLog: string;
  screenSocket: string;
};

/** An inherited descriptor that is named /dev/fdset/<number>, and what it is, for finding it again. */
export type FdSet = { fd: number; opaque: string };

export const qemuProgram = 'qemu-system-x86_64';

export function buildQemuArgs(request: {
  machine: QemuMachine;
  paths: QemuPaths;
  accelerator: 'kvm' | 'tcg';
  fdSets?: FdSet[];
}): [string, ...string[]] {
  const { machine, paths, accelerator, fdSets = [] } = request;
  return [
    qemuProgram,
    ...baseArgs(machine),
    ...cpuArgs(machine, accelerator),
    ...fdSets.flatMap(({ fd, opaque }) => ['-add-fd', commaList('', { fd, set: fd, opaque })]),
    ...channelArgs(paths, machine.definition.hvParams),
    ...fixedDeviceArgs(machine.definition.hvParams),
    ...bootArgs(machine),
    ...byIndex(machine.disks).flatMap((disk) => diskArgs(disk, machine)),
    ...byIndex(machine.nics).flatMap((nic) => nicArgs(nic, machine)),
  ];
}

function baseArgs({ definition, begins }: QemuMachine): string[] {
  const { useLocaltime, rebootBehavior } = definition.hvParams;
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
    useLocaltime ? 'base=localtime' : 'base=utc',
    // A guest that powers off leaves QEMU waiting, so that also an agent which was away learns that it was no crash.
    '-no-shutdown',
    ...(rebootBehavior === 'exit' ? ['-no-reboot'] : []),
    ...(begins === 'running' ? [] : ['-S']),
    ...(begins === 'incoming' ? ['-incoming', 'defer'] : []),
  ];
}

/** What `max` has and emulation pays dearly for, without use to the guest. */
const slowUnderTcg = ['la57', 'smap', 'smep', 'pku', 'pks', 'umip', 'erms', 'fsrm', 'pcid'];

function cpuArgs({ definition }: QemuMachine, accelerator: 'kvm' | 'tcg'): string[] {
  const tcg = accelerator === 'tcg';
  const { hvParams, vcpus, memoryMiB } = definition;
  const { cpuType, machine, memPath } = hvParams;
  const ownCpu = tcg ? ['max', ...slowUnderTcg.map((flag) => `${flag}=off`)].join(',') : 'host';
  return [
    '-machine',
    commaList(machine, {}),
    '-accel',
    tcg ? 'tcg,thread=multi,tb-size=128' : 'kvm',
    '-cpu',
    cpuType === 'auto' ? ownCpu : escapeValue(cpuType),
    '-smp',
    commaList('', {
      cpus: vcpus,
      sockets: hvParams.cpuSockets || undefined,
      cores: hvParams.cpuCores || undefined,
      threads: hvParams.cpuThreads || undefined,
    }),
    '-m',
    `size=${memoryMiB}M`,
    ...(memPath === null ? [] : ['-mem-path', memPath, '-mem-prealloc']),
  ];
}

function channelArgs(paths: QemuPaths, { serialConsole, screen, keymap }: HvParams): string[] {
  const server = { server: true, wait: false };
  const serialLine = commaList('socket', {
    id: 'serial0',
    path: paths.serialSocket,
    ...server,
    logfile: paths.serialLog,
    logappend: true,
  });
  return [
    '-chardev',
    commaList('socket', { id: 'qmp', path: paths.qmpSocket, ...server }),
    '-mon',
    'chardev=qmp,mode=control',
    '-chardev',
    commaList('socket', { id: 'fds', path: paths.fdSocket, ...server }),
    '-mon',
    'chardev=fds,mode=control',
    ...(serialConsole ? ['-chardev', serialLine, '-serial', 'chardev:serial0'] : ['-serial', 'none']),
    ...(screen
      ? ['-vnc', `unix:${escapeValue(paths.screenSocket)},share=force-shared`]
      : ['-display', 'none']),
    ...(keymap === null ? [] : ['-k', keymap]),
  ];
}

/** Each at its own slot, so that leaving one out moves no other. */
function fixedDeviceArgs({ vga, usbTablet, diskBus }: HvParams): string[] {
  const pci = (driver: string, id: string, at: number) =>
    device({ driver, id, bus: 'pci.0', addr: slot(at) });
  return [
    '-vga',
    vga,
    ...(usbTablet
      ? [...pci('qemu-xhci', 'usb', slots.usb), ...device({ driver: 'usb-tablet', bus: 'usb.0' })]
      : []),
    '-object',
    'rng-random,id=rng,filename=/dev/urandom',
    ...device({ driver: 'virtio-rng-pci', rng: 'rng', bus: 'pci.0', addr: slot(slots.rng) }),
    ...pci('virtio-balloon-pci', 'balloon', slots.balloon),
    ...(diskBus === 'scsi' ? pci('virtio-scsi-pci', 'scsi', slots.scsi) : []),
  ];
}

function bootArgs({ boot, cd }: QemuMachine): string[] {
  const order =
    boot.kind === 'firmware'
      ? ['-boot', 'strict=on']
      : [
          ...['-kernel', boot.kernel],
          ...(boot.initrd === null ? [] : ['-initrd', boot.initrd]),
          ...['-append', boot.args],
        ];
  const isFirst = boot.kind === 'firmware' && boot.order === 'cdrom';
  return [
    ...order,
    ...(cd === null ? [] : ['-blockdev', JSON.stringify(cdBlockdev(cd))]),
    // Always there, so that a CD can be put in later.
    ...device({
      driver: 'ide-cd',
      id: cdDevice,
      bus: 'ide.1',
      unit: 0,
      ...(cd === null ? {} : { drive: cdNode }),
      ...(isFirst ? { bootindex: 1 } : {}),
    }),
  ];
}

function diskArgs(disk: QemuDisk, { boot, definition }: QemuMachine): string[] {
  // The firmware tries what was wished for, then the disks in order; with a kernel from outside it is not asked.
  const first = boot.kind === 'firmware' && boot.order === 'disk' ? 1 : 2;
  return [
    '-blockdev',
    JSON.stringify(diskBlockdev(disk, definition.hvParams)),
    ...device({
      ...diskDeviceOf(disk, definition.hvParams),
      ...(boot.kind === 'kernel' ? {} : { bootindex: first + disk.index }),
    }),
  ];
}

function nicArgs(nic: QemuNic, { boot, definition }: QemuMachine): string[] {
  const isBooted = boot.kind === 'firmware' && boot.order === 'network' && nic.index === 0;
  const { type, ...netdev } = netdevOf(nic, definition.hvParams);
  return [
    '-netdev',
    commaList(type, netdev),
    ...device({
      ...nicDeviceOf(nic, definition.hvParams, { isBooted }),
      ...(isBooted ? { bootindex: 1 } : {}),
    }),
  ];
}

function device({ driver = '', ...properties }: QemuDevice): string[] {
  return ['-device', commaList(String(driver), properties)];
}

function byIndex<T extends { index: number }>(items: T[]): T[] {
  return [...items].sort((a, b) => a.index - b.index);
}
