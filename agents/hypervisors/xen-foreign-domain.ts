// What an instance would be made of that takes a domain's place, from what Xen tells of it: pure. What cannot be said with the parameters of an
// instance would be lost at its next start, so a domain that has such a thing is not taken over.
import { basename } from 'node:path';
import { serialDeviceOf, type XenKind } from '@/contract/hypervisor-kind';
import { BridgeName, DomainName, Id, MacAddress } from '@/contract/names';
import type { ForeignDomain } from '@/contract/schemas/domain';
import { HvParams, HvParamsOverride, kernelFolders, refusedByBootloader } from '@/contract/schemas/hv-params';
import { narrowedChoices, paramsOf } from '@/contract/schemas/hv-kinds';
import { limits, MemoryMiB, Vcpus } from '@/contract/units';
import { type DomainConfig, settingsBesides } from '../tools/xl/described';
import { hotplugScripts } from '../tools/xl/hotplug';
import type { Domain } from '../tools/xl/parse';
import { pvgrub, vdevOf } from './xen-config';

const kinds = { pv: 'xen-pvm', pvh: 'xen-pvh', hvm: 'xen-hvm' } as const;
type Params = { [Name in keyof HvParams]?: unknown };
type ToldDisk = DomainConfig['disks'][number];

/** `config` null: Xen does not tell it. The volumes of its disks are for others to find. */
export function describeForeign(domain: Domain, config: DomainConfig | null): ForeignDomain {
  const base = {
    ...{ id: domain.uuid, name: domain.name, vcpus: domain.vcpus, memoryMiB: domain.memoryMiB },
    state: stateOf(domain),
  };
  if (config === null) {
    const problem = 'Xen does not tell what it was made with.';
    return { ...base, hypervisor: 'xen-pvm', disks: [], nics: [], hvParams: {}, problem };
  }
  const { b_info: build, nics } = config;
  const hypervisor = kinds[config.c_info.type];
  const drives = config.disks.filter(({ is_cdrom }) => is_cdrom === 1);
  const ownDisks = config.disks.filter(({ is_cdrom }) => is_cdrom !== 1);
  const prefix = prefixOf(ownDisks[0]);
  const disks = ownDisks.map((disk) => ({
    ...{ index: indexOf(disk.vdev, prefix), vdev: disk.vdev, path: disk.pdev_path },
    ...{ volume: null, sizeMiB: null, mode: disk.readwrite === 1 ? ('rw' as const) : ('ro' as const) },
  }));
  const made = {
    ...{ ...base, hypervisor, disks },
    vcpus: build.avail_vcpus.length,
    memoryMiB: Math.floor((build.target_memkb - build.video_memkb) / 1_024),
    nics: nics.map(({ mac, bridge }) => ({ mac, bridge: bridge === '' ? null : bridge })),
  };
  const params = paramsFor(hypervisor, config, prefix);
  const known = keepValid(hypervisor, params);
  const [problem = null] = [
    ...problemsOf(made),
    ...known.problems,
    ...ownDisks.flatMap(whyNoDisk),
    ...drives.filter(({ pdev_path }) => pdev_path !== '').map(loadedDrive),
    ...nics.flatMap(whyNoNic),
    ...(new Set(nics.map(modelOf)).size > 1 ? ['Its NICs are of different models.'] : []),
    ...lostSettings(config),
  ];
  return { ...made, hvParams: problem === null ? known.hvParams : {}, problem };
}

function stateOf({ reason, isShutdown, isPaused }: Domain): ForeignDomain['state'] {
  if (reason !== null || isShutdown) return 'ended';
  return isPaused ? 'paused' : 'running';
}

function problemsOf({
  id,
  name,
  state,
  vcpus,
  memoryMiB,
  disks,
  nics,
}: Omit<ForeignDomain, 'problem' | 'hvParams'>) {
  return [
    ...(state === 'ended' ? ['It has ended.'] : []),
    ...(Id.safeParse(id).success ? [] : [`Its UUID ${id} is none by RFC 9562, as the id of an instance is.`]),
    ...(DomainName.safeParse(name).success ? [] : ['Its name has characters that Corral cannot give back.']),
    ...(Vcpus.safeParse(vcpus).success ? [] : [`It has ${vcpus} CPUs.`]),
    ...(MemoryMiB.safeParse(memoryMiB).success ? [] : [`It has ${memoryMiB} MiB of memory.`]),
    ...disks.flatMap(({ vdev, index }) =>
      index === null ? [`Its disk ${vdev} has a name that Corral does not give.`] : [],
    ),
    ...(disks.length > limits.disks ? [`It has ${disks.length} disks.`] : []),
    ...(nics.length > limits.nics ? [`It has ${nics.length} NICs.`] : []),
  ];
}

type Prefix = HvParams['blockdevPrefix'];

function prefixOf(disk: ToldDisk | undefined): Prefix | null {
  const [, prefix] = /^(xvd|hd|sd)[a-z]$/.exec(disk?.vdev ?? '') ?? [];
  return prefix === 'xvd' || prefix === 'hd' || prefix === 'sd' ? prefix : null;
}

function indexOf(vdev: string, prefix: Prefix | null): number | null {
  if (prefix === null) return null;
  const index = [...Array(limits.disks).keys()].find((each) => vdevOf(prefix, each) === vdev);
  return index ?? null;
}

function paramsFor(kind: XenKind, config: DomainConfig, prefix: Prefix | null): Params {
  const { b_info: build, nics, on_reboot: onReboot } = config;
  return {
    ...bootOf(kind, build),
    ...(prefix && { blockdevPrefix: prefix }),
    rebootBehavior: onReboot.includes('restart') ? 'reboot' : 'exit',
    cpuMask: maskOf(build.vcpu_hard_affinity),
    cpuCap: build.sched_params.cap,
    cpuWeight: build.sched_params.weight,
    ...(kind === 'xen-pvm' && screenOf(config.vfbs)),
    ...(kind === 'xen-hvm' && { ...emulatedOf(build), ...(nics[0] && { nicModel: modelOf(nics[0]) }) }),
  };
}

type Build = DomainConfig['b_info'];

function bootOf(kind: XenKind, build: Build): Params {
  if (kind !== 'xen-hvm' && build.kernel === pvgrub[kind])
    return { kernelPath: null, bootloader: 'pvgrub', bootloaderArgs: build.cmdline };
  const words = build.cmdline
    .split(/\s+/)
    .filter((word) => word !== '' && word !== `console=${serialDeviceOf(kind)}`);
  // Of several the kernel takes the last one.
  const root = words.findLast((word) => word.startsWith('root='))?.slice('root='.length) ?? null;
  const args = { rootPath: root, kernelArgs: words.filter((word) => !word.startsWith('root=')).join(' ') };
  if (build.kernel !== '')
    return { ...args, kernelPath: build.kernel, initrdPath: build.ramdisk === '' ? null : build.ramdisk };
  if (kind === 'xen-hvm') return { kernelPath: null };
  const bootloader = basename(build.bootloader);
  return { ...args, kernelPath: null, bootloader, bootloaderArgs: build.bootloader_args.join(' ') };
}

function screenOf([vfb]: DomainConfig['vfbs']): Params {
  if (!vfb?.vnc.enable) return { screen: false };
  return { screen: true, keymap: vfb.keymap === '' ? null : vfb.keymap };
}

function emulatedOf(build: Build): Params {
  const hvm = build['type.hvm'];
  if (!hvm) return {};
  return {
    bootOrder: { d: 'cdrom', n: 'network' }[hvm.boot[0] ?? ''] ?? 'disk',
    vga: hvm.vga.kind,
    screen: hvm.vnc.enable,
    keymap: hvm.keymap === '' ? null : hvm.keymap,
    serialConsole: hvm.serial === 'pty',
    usbTablet: [hvm.usbdevice, ...hvm.usbdevice_list].includes('tablet'),
    useLocaltime: build.localtime,
    ...{ acpi: build.acpi, pae: hvm.pae, viridian: hvm.viridian },
  };
}

function modelOf({ nictype, model }: DomainConfig['nics'][number]): string {
  if (nictype !== 'vif_ioemu') return 'paravirtual';
  return model === '' ? 'rtl8139' : model;
}

/** What all its CPUs may run on alike; null where each has its own. */
function maskOf(affinity: number[][]): string | null {
  const [first] = affinity;
  if (!first) return 'all';
  return affinity.every((one) => one.join() === first.join()) ? first.join() : null;
}

function keepValid(kind: XenKind, params: Params): { hvParams: HvParamsOverride; problems: string[] } {
  const known = paramsOf(kind).filter((name) => params[name] !== undefined);
  const isKept = (name: keyof HvParams) =>
    HvParams.shape[name].safeParse(params[name]).success &&
    !(name === 'bootloaderArgs' && isRefused(params)) &&
    (narrowedChoices(kind, name)?.includes(String(params[name])) ?? true);
  const kept = known.filter(isKept).map((name) => [name, params[name]]);
  const problems = known.filter((name) => !isKept(name)).map((name) => whyNotKept(name, params[name]));
  return { hvParams: HvParamsOverride.parse(Object.fromEntries(kept)), problems };
}

const isRefused = ({ bootloader, bootloaderArgs }: Params) =>
  bootloader === 'pygrub' &&
  refusedByBootloader({ bootloader, bootloaderArgs: String(bootloaderArgs) }) !== null;

function whyNotKept(name: keyof HvParams, value: unknown): string {
  const said = String(value ?? '').slice(0, 200);
  if (name === 'kernelPath' || name === 'initrdPath') {
    const what = name === 'kernelPath' ? 'kernel' : 'initial RAM disk';
    return `Its ${what} ${said} does not lie below ${kernelFolders.join(' or ')}.`;
  }
  if (name === 'bootloader')
    return said === '' ? 'It has neither a kernel nor a boot loader.' : `Its boot loader is ${said}.`;
  if (name === 'cpuMask') return 'Its CPUs are pinned each in another way.';
  return `Corral has no ${name} like ${said === '' ? 'its own' : said}.`;
}

function whyNoDisk({ vdev, backend, format }: ToldDisk): string[] {
  if (backend !== 'phy' && backend !== 'unknown')
    return [`Its disk ${vdev} is served by ${backend}, not by the node’s kernel.`];
  return format === 'raw' ? [] : [`Its disk ${vdev} has the format ${format}.`];
}

function loadedDrive({ vdev, pdev_path: path }: ToldDisk): string {
  return `Something lies in its CD drive ${vdev}: ${path.slice(0, 200)}`;
}

function whyNoNic({ mac, bridge }: DomainConfig['nics'][number]): string[] {
  if (!MacAddress.safeParse(mac).success) return [`One of its NICs has the MAC address ${mac}.`];
  if (bridge === '') return [`Its NIC ${mac} is in no bridge.`];
  return BridgeName.safeParse(bridge).success ? [] : [`Its NIC ${mac} is in the bridge ${bridge}.`];
}

const words = (text: string) => text.split(' ');
/** Of each part what is kept, and what follows from that or makes no difference to the guest. */
const known = {
  config: words(
    'c_info b_info disks nics vfbs vkbs on_poweroff on_reboot on_crash on_watchdog on_soft_reset',
  ),
  creation: words('type name domid uuid run_hotplug_scripts hap'),
  build: words(
    'max_vcpus avail_vcpus vcpu_hard_affinity numa_placement max_memkb target_memkb video_memkb shadow_memkb iommu_memkb rtc_timeoffset ' +
      'sched_params claim_mode kernel cmdline ramdisk bootloader bootloader_args acpi apic localtime tsc_mode event_channels ' +
      'max_grant_frames max_maptrack_frames type.pv type.pvh type.hvm arch_arm arch_x86',
  ),
  hvm: words(
    'bios pae viridian nographic vga vnc sdl spice serial boot usb usbdevice usbdevice_list usbversion xen_platform_pci keymap',
  ),
  disk: words(
    'pdev_path vdev backend format removable readwrite is_cdrom direct_io_safe discard_enable colo_restore_enable',
  ),
  nic: words('devid mac bridge nictype model'),
};

function lostSettings(config: DomainConfig): string[] {
  const { c_info: creation, b_info: build, disks, nics, vfbs } = config;
  const hvm: Record<string, unknown> = build['type.hvm'] ?? {};
  const lost = [
    ...settingsBesides(config, known.config),
    ...settingsBesides(creation, known.creation),
    ...(creation['hap'] === 'False' ? ['hap'] : []),
    ...settingsBesides(build, known.build),
    ...(build.apic ? [] : ['apic']),
    // To a guest the other two are the same where Xen trusts the clock of the CPU.
    ...(['default', 'native', undefined].includes(textOf(build['tsc_mode'])) ? [] : ['tsc_mode']),
    ...['type.pv', 'type.pvh', 'arch_x86'].flatMap((part) => settingsBesides(Object(build[part]), [])),
    ...settingsBesides(hvm, known.hvm),
    ...(['', undefined, 'seabios'].includes(textOf(hvm['bios'])) ? [] : ['bios']),
    ...(hvm['xen_platform_pci'] === 'False' ? ['xen_platform_pci'] : []),
    ...(['', 'pty'].includes(build['type.hvm']?.serial ?? '') ? [] : ['serial']),
    ...(build['type.hvm']?.spice.enable ? ['spice'] : []),
    ...(build['type.hvm']?.sdl.enable || vfbs.some(({ sdl }) => sdl.enable) ? ['sdl'] : []),
    ...disks.flatMap((disk) => settingsBesides(withoutOurs(disk), known.disk)),
    ...nics.flatMap((nic) => settingsBesides(withoutOurs(nic), known.nic)),
  ];
  if (lost.length === 0) return [];
  return [`It has settings that an instance cannot have: ${[...new Set(lost)].slice(0, 10).join(', ')}.`];
}

/** An agent that lost what it knew finds domains that it made itself. */
function withoutOurs({ script, ...settings }: Record<string, unknown>): Record<string, unknown> {
  const isOurs = Object.values(hotplugScripts).some((ours) => ours === script);
  return isOurs || script === undefined ? settings : { ...settings, script };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
