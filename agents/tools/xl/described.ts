// What `xl list -l` tells of a domain: what it was made with, in libxl's own words. What is as by default is left out there, and what was
// hot-plugged since is in it.
import { z } from 'zod';

const Flag = z.enum(['True', 'False']).transform((text) => text === 'True');
const Text = z.string().max(4_096).default('');
const Toggle = z.looseObject({ enable: Flag.default(false) });
const off = { enable: false };

const Hvm = z.looseObject({
  pae: Flag.default(true),
  viridian: Flag.default(false),
  vga: z.looseObject({ kind: z.string().default('cirrus') }).default({ kind: 'cirrus' }),
  vnc: Toggle.default(off),
  sdl: Toggle.default(off),
  spice: Toggle.default(off),
  keymap: Text,
  serial: Text,
  boot: Text,
  usbdevice: Text,
  usbdevice_list: z.array(z.string()).default([]),
});

const Disk = z.looseObject({
  pdev_path: Text,
  vdev: z.string().max(256),
  backend: z.string().default('phy'),
  format: z.string().default('raw'),
  readwrite: z.number().default(0),
  is_cdrom: z.number().default(0),
});
const Nic = z.looseObject({
  mac: z.string().max(256),
  bridge: z.string().max(256).default(''),
  nictype: z.string().default('vif'),
  model: Text,
});
const Vfb = z.looseObject({ vnc: Toggle.default(off), sdl: Toggle.default(off), keymap: Text });

export const DomainConfig = z.looseObject({
  c_info: z.looseObject({ type: z.enum(['pv', 'pvh', 'hvm']).default('pv') }),
  b_info: z.looseObject({
    avail_vcpus: z.array(z.number()).min(1).default([0]),
    vcpu_hard_affinity: z.array(z.array(z.number().int().min(0))).default([]),
    target_memkb: z.number(),
    video_memkb: z.number().default(0),
    sched_params: z
      .looseObject({ weight: z.number().default(256), cap: z.number().default(0) })
      .default({ weight: 256, cap: 0 }),
    ...{ kernel: Text, ramdisk: Text, cmdline: Text, bootloader: Text },
    bootloader_args: z.array(z.string()).default([]),
    ...{ acpi: Flag.default(true), apic: Flag.default(true), localtime: Flag.default(false) },
    'type.hvm': Hvm.optional(),
  }),
  disks: z.array(Disk).max(100).default([]),
  nics: z.array(Nic).max(100).default([]),
  vfbs: z.array(Vfb).default([]),
  on_reboot: z.string().default('destroy'),
});
export type DomainConfig = z.infer<typeof DomainConfig>;

const Described = z.array(z.object({ domid: z.number(), config: z.unknown() }));

/** By the numbers of domains; null where one is told in a way that is not understood. */
export function parseDescriptions(output: string): Map<number, DomainConfig | null> {
  const described = Described.parse(JSON.parse(output));
  return new Map(described.map(({ domid, config }) => [domid, DomainConfig.safeParse(config).data ?? null]));
}

/** What Xen has on where nothing is said (libxl_create.c): that it is off is a setting. */
const usuallyOn = ['acpi_s3', 'acpi_s4', 'hpet', 'nx', 'oos', 'trusted', 'vkb_device', 'vpt_align'];

/** Names of what is set in a part of it besides what is known: of empty values and of what is usually off nothing would be lost. */
export function settingsBesides(part: object, known: readonly string[]): string[] {
  return Object.entries(part).flatMap(([name, value]) =>
    known.includes(name) || isNothing(name, value) ? [] : [name],
  );
}

function isNothing(name: string, value: unknown): boolean {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).every(([each, inner]) => isNothing(each, inner));
  return (value === 'False' && !usuallyOn.includes(name)) || value === '' || value === null;
}
