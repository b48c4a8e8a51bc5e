// Which parameters each hypervisor knows, what they may be there, and what they are by themselves.
import type { HypervisorKind } from '../hypervisor-kind';
import { defaultHvParams, type HvParam, HvParams, type HvParamsOverride } from './hv-params';

const ofXenAlone: HvParam[] = [
  ...(['bootloader', 'bootloaderArgs', 'blockdevPrefix', 'acpi', 'pae', 'viridian'] as const),
  ...(['cpuMask', 'cpuCap', 'cpuWeight'] as const),
];
const ofKvm = HvParams.keyof().options.filter((name) => !ofXenAlone.includes(name));
const ofEveryXen: HvParam[] = [
  ...(['kernelPath', 'initrdPath', 'kernelArgs', 'rootPath', 'rebootBehavior', 'userShutdown'] as const),
  ...(['blockdevPrefix', 'cpuMask', 'cpuCap', 'cpuWeight'] as const),
];

const known: Record<HypervisorKind, readonly HvParam[]> = {
  kvm: ofKvm,
  simulated: ofKvm,
  'xen-pvm': [...ofEveryXen, 'bootloader', 'bootloaderArgs', 'screen', 'keymap'],
  'xen-pvh': [...ofEveryXen, 'bootloader', 'bootloaderArgs'],
  'xen-hvm': [
    ...ofEveryXen,
    ...(['bootOrder', 'cdrom', 'nicModel', 'vga', 'keymap', 'serialConsole', 'screen'] as const),
    ...(['useLocaltime', 'usbTablet', 'acpi', 'pae', 'viridian'] as const),
  ],
};

/** Of parameters that are a few words: those that make sense. */
const narrowed: Partial<Record<HypervisorKind, Partial<Record<HvParam, readonly string[]>>>> = {
  kvm: { nicModel: ['virtio', 'e1000', 'rtl8139'] },
  simulated: { nicModel: ['virtio', 'e1000', 'rtl8139'] },
  'xen-hvm': { nicModel: ['paravirtual', 'e1000', 'rtl8139'], vga: ['std', 'cirrus', 'none'] },
};

const ownDefaults: Partial<Record<HypervisorKind, HvParamsOverride>> = {
  'xen-pvm': { rootPath: '/dev/xvda1', screen: false },
  'xen-pvh': { rootPath: '/dev/xvda1', screen: false },
  // Its firmware boots from what it knows without drivers of Xen's.
  'xen-hvm': { rootPath: '/dev/xvda1', nicModel: 'rtl8139', blockdevPrefix: 'hd' },
};

export function paramsOf(kind: HypervisorKind): readonly HvParam[] {
  return known[kind];
}

/** What a parameter may be there where that is fewer than its schema says; null: all of it. */
export function narrowedChoices(kind: HypervisorKind, name: HvParam): readonly string[] | null {
  return narrowed[kind]?.[name] ?? null;
}

/** What is set that the hypervisor does not know, or not so. */
export function foreignParams(kind: HypervisorKind, override: HvParamsOverride): HvParam[] {
  return HvParams.keyof().options.filter(
    (name) => override[name] !== undefined && !isKnown(kind, name, override[name]),
  );
}

export function defaultsOf(kind: HypervisorKind): HvParams {
  return { ...defaultHvParams, ...ownDefaults[kind] };
}

type Sources = {
  cluster: HvParamsOverride;
  os?: HvParamsOverride;
  instance: HvParamsOverride;
};

/** The later one wins: built-in default, cluster, OS, instance. What the hypervisor does not know is left out. */
export function resolveHvParams(kind: HypervisorKind, { cluster, os = {}, instance }: Sources): HvParams {
  const resolved: Record<string, unknown> = { ...defaultsOf(kind) };
  for (const source of [cluster, os, instance])
    for (const name of HvParams.keyof().options)
      if (source[name] !== undefined && isKnown(kind, name, source[name])) resolved[name] = source[name];
  return HvParams.parse(resolved);
}

function isKnown(kind: HypervisorKind, name: HvParam, value: HvParams[HvParam] | undefined): boolean {
  const choices = narrowedChoices(kind, name);
  return known[kind].includes(name) && (choices === null || choices.includes(String(value)));
}
