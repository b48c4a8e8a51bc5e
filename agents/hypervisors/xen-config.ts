// From what is to be started to the configuration of a domain: pure, and the same at both ends of a migration.
import { AppError } from '@/contract/errors';
import type { XenKind } from '@/contract/hypervisor-kind';
import { bootloaderWords, type HvParams } from '@/contract/schemas/hv-params';
import type { ConfigValue, XenConfig, XenDisk, XenNic } from '../tools/xl/config';
import { type AssembledDisk, type PluggedNic, placeOf, type StartRequest } from './hypervisor';
import { firmwareAndCd } from './kvm-handles';
import type { RunningMachine } from '@/contract/agent-live-calls';

/** Memory of a screen card, which Xen takes from that of the domain: it is given besides. */
const videoMiB = 16;
/** The third IDE device, as on most PCs; the first two are disks. */
export const cdVdev = 'hdc';
/** GRUB for domains, of the package grub-xen-host. */
export const pvgrub = {
  'xen-pvm': '/usr/lib/grub-xen/grub-x86_64-xen.bin',
  'xen-pvh': '/usr/lib/grub-xen/grub-i386-xen_pvh.bin',
};

/** What `xl` calls them. */
export const domainTypes = { 'xen-pvm': 'pv', 'xen-pvh': 'pvh', 'xen-hvm': 'hvm' } as const;

export type XenSpec = { config: XenConfig; machine: RunningMachine };

/** Which kernel it starts, as files of the driver's own. */
export type KernelFiles = { kernel: string; initrd: string };

export function describeDomain(kind: XenKind, start: StartRequest, files: KernelFiles): XenSpec {
  const { definition, disks, nics } = start;
  const { vcpus, memoryMiB, hvParams } = definition;
  const { boot, cd } = firmwareAndCd(start);
  const common = { name: definition.name, uuid: definition.id, vcpus };
  return {
    config: {
      ...common,
      type: domainTypes[kind],
      memoryMiB: memoryMiB + videoOf(kind, hvParams),
      disks: [...disks.map((disk) => diskOf(hvParams, disk)), ...cdOf(kind, cd?.path ?? null)],
      nics: nics.map((nic) => nicOf(kind, hvParams, nic)),
      more: withoutMissing({
        ...bootOf(kind, { boot, hvParams, files }),
        ...schedulingOf(hvParams),
        ...screenOf(kind, hvParams),
      }),
    },
    machine: {
      ...{ accelerator: 'xen', vcpus, memoryMiB },
      hvParams: { ...hvParams, cdrom: cd?.iso ?? null },
      disks: disks.map(placeOf),
      nics: nics.map(placeOf),
    },
  };
}

/** What Xen counts as the domain's besides the guest's own. */
export function videoOf(kind: XenKind, { screen }: Pick<HvParams, 'screen'>): number {
  return kind === 'xen-hvm' && screen ? videoMiB : 0;
}

export function diskOf(
  { blockdevPrefix }: Pick<HvParams, 'blockdevPrefix'>,
  { path, index, mode }: AssembledDisk,
): XenDisk {
  return { path, vdev: vdevOf(blockdevPrefix, index), readOnly: mode === 'ro' };
}

/** `xvda`, `xvdb`, …; of `hd`, whose third is the CD drive, two. */
export function vdevOf(prefix: HvParams['blockdevPrefix'], index: number): string {
  const most = { xvd: 26, sd: 16, hd: 2 }[prefix];
  // What is no IDE disk any more is seen by guests with drivers of Xen's alone.
  if (prefix === 'hd' && index >= most) return vdevOf('xvd', index);
  if (index >= most) throw new AppError('invalid', `A domain has room for ${most} disks called ${prefix}…`);
  return `${prefix}${String.fromCharCode('a'.charCodeAt(0) + index)}`;
}

export function nicOf(
  kind: XenKind,
  { nicModel }: Pick<HvParams, 'nicModel'>,
  { mac, index, netdev }: PluggedNic,
): XenNic {
  if (netdev.type !== 'bridge')
    throw new AppError('invalid', `NIC ${index} is not in a bridge: Xen has no other networks`);
  const isEmulated = kind === 'xen-hvm' && (nicModel === 'e1000' || nicModel === 'rtl8139');
  return { mac, bridge: netdev.bridge, ...(isEmulated && { model: nicModel }) };
}

function cdOf(kind: XenKind, path: string | null): XenDisk[] {
  if (kind === 'xen-hvm') return [{ path: path ?? '', vdev: cdVdev, readOnly: true, kind: 'cdrom' }];
  // Without a CD drive, what is to be read lies on a disk.
  return path === null ? [] : [{ path, vdev: 'xvdz', readOnly: true, kind: 'cdrom' }];
}

type Values = Record<string, ConfigValue | undefined>;

type Booting = {
  boot: ReturnType<typeof firmwareAndCd>['boot'];
  hvParams: HvParams;
  files: KernelFiles;
};

function bootOf(kind: XenKind, { boot, hvParams, files }: Booting): Values {
  const emulated =
    kind === 'xen-hvm' ? { boot: bootLetters(boot), serial: hvParams.serialConsole ? 'pty' : undefined } : {};
  if (boot.kind === 'kernel')
    return {
      ...emulated,
      kernel: files.kernel,
      ramdisk: boot.initrd === null ? undefined : files.initrd,
      cmdline: boot.args,
    };
  if (kind === 'xen-hvm') return emulated;
  const { bootloader, bootloaderArgs, kernelArgs, rootPath } = hvParams;
  if (bootloader === 'pvgrub') return { kernel: pvgrub[kind], cmdline: bootloaderArgs };
  const args = bootloaderWords(bootloaderArgs);
  return {
    bootloader: 'pygrub',
    bootloader_args: args.length > 0 ? args : undefined,
    root: rootPath ?? undefined,
    extra: kernelArgs,
  };
}

/** In the order in which the firmware tries them. */
function bootLetters(boot: Booting['boot']): string {
  const order = boot.kind === 'kernel' ? 'disk' : boot.order;
  return { disk: 'cd', cdrom: 'dc', network: 'nc' }[order];
}

function schedulingOf({ cpuMask, cpuCap, cpuWeight }: HvParams): Values {
  return {
    cpus: cpuMask === 'all' ? undefined : cpuMask,
    cap: cpuCap === 0 ? undefined : cpuCap,
    cpu_weight: cpuWeight,
  };
}

/** On the loopback alone, for the agent: at a port that is free. */
function screenOf(kind: XenKind, params: HvParams): Values {
  const { screen, keymap, vga, usbTablet, useLocaltime, acpi, pae, viridian } = params;
  if (kind === 'xen-pvh') return {};
  if (kind === 'xen-pvm') {
    const words = [
      'vnc=1',
      'vnclisten=127.0.0.1',
      'vncunused=1',
      ...(keymap === null ? [] : [`keymap=${keymap}`]),
    ];
    return screen ? { vfb: [words.join(',')] } : {};
  }
  return {
    ...{ acpi, pae, viridian, localtime: useLocaltime },
    ...(screen
      ? {
          ...{ vnc: true, vnclisten: '127.0.0.1', vncunused: true, keymap: keymap ?? undefined },
          ...{ vga: vga === 'cirrus' ? 'cirrus' : 'stdvga', videoram: videoMiB },
        }
      : { vnc: false, vga: 'none', nographic: true }),
    ...(usbTablet && { usb: true, usbdevice: ['tablet'] }),
  };
}

function withoutMissing(values: Values): XenConfig['more'] {
  const set: XenConfig['more'] = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) set[key] = value;
  return set;
}
