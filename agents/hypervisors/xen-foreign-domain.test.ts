// Against what xl of Xen 4.17.5 told of domains that were made by hand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ForeignDomain } from '@/contract/schemas/domain';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import { DomainConfig } from '../tools/xl/described';
import { hotplugScripts } from '../tools/xl/hotplug';
import { type Domain, parseDomains } from '../tools/xl/parse';
import { describeForeign } from './xen-foreign-domain';

const told = (name: string) => readFileSync(join(import.meta.dirname, '../tools/xl/fixtures', name), 'utf8');
const Told = z.array(z.object({ domid: z.number(), config: z.record(z.string(), z.unknown()) }));
const configs = Told.parse(JSON.parse(told('foreign-4.17.5.json')));
const domains = new Map(parseDomains(told('foreign-list-4.17.5.txt')).map((one) => [one.name, one]));

function needed<T>(value: T | null | undefined): T {
  if (value !== null && value !== undefined) return value;
  throw new Error('It is not told');
}

type Part = z.infer<typeof Told>[number]['config'];

/** As it is told, with some of it different. */
function configOf(name: string, change: (config: Part) => Part): DomainConfig {
  const { domid } = needed(domains.get(name));
  return DomainConfig.parse(change(needed(configs.find((one) => one.domid === domid)).config));
}

function describe(name: string, change: (config: Part) => Part = (config) => config): ForeignDomain {
  return ForeignDomain.parse(describeForeign(needed(domains.get(name)), configOf(name, change)));
}

const inBuild = (changes: Part) => (config: Part) => ({
  ...config,
  b_info: { ...Object(config['b_info']), ...changes },
});
const kernel = { kernel: '/boot/vmlinuz', ramdisk: '/boot/initrd' };
const fitting = inBuild(kernel);

test('knows its own scripts of disks and NICs, and no others', () => {
  const withScripts = (script: { disk: string; nic: string }) => (config: Part) => ({
    ...fitting(config),
    disks: z
      .array(z.looseObject({}))
      .parse(config['disks'])
      .map((disk) => ({ ...disk, script: script.disk })),
    nics: z
      .array(z.looseObject({}))
      .parse(config['nics'])
      .map((nic) => ({ ...nic, script: script.nic })),
  });
  expect(describe('hand.made', withScripts(hotplugScripts)).problem).toBeNull();
  const theirs = { disk: '/etc/xen/scripts/block-theirs', nic: hotplugScripts.nic };
  expect(describe('hand.made', withScripts(theirs)).problem).toContain('script');
});

test('makes of a PV domain what builds it again', () => {
  expect(describe('hand.made', fitting)).toEqual({
    ...{ id: 'fc5979ef-4042-4e2f-8294-f1122f619b8a', name: 'hand.made', hypervisor: 'xen-pvm' },
    ...{ state: 'paused', vcpus: 1, memoryMiB: 128, problem: null },
    disks: [
      { index: 0, vdev: 'xvda', path: '/dev/corral/theirs', volume: null, sizeMiB: null, mode: 'rw' },
      {
        index: 1,
        vdev: 'xvdb',
        path: '/dev/mapper/corral-two--disk',
        volume: null,
        sizeMiB: null,
        mode: 'ro',
      },
    ],
    nics: [{ mac: '00:16:3e:11:22:33', bridge: 'br0' }],
    hvParams: {
      ...{ kernelPath: '/boot/vmlinuz', initrdPath: '/boot/initrd', rootPath: '/dev/xvda' },
      ...{ kernelArgs: 'ro mitigations=off', blockdevPrefix: 'xvd', rebootBehavior: 'reboot', screen: false },
      ...{ cpuMask: 'all', cpuCap: 0, cpuWeight: 256 },
    },
  });
});

test('makes of an HVM domain what builds it again', () => {
  const { memoryMiB, hvParams, disks, nics, problem } = describe('h.vm');
  expect({ memoryMiB, nics, problem, vdevs: disks.map(({ vdev }) => vdev) }).toEqual({
    // Without what its screen card has of it.
    ...{ memoryMiB: 56, problem: null, vdevs: ['hda'] },
    nics: [{ mac: '00:16:3e:11:22:34', bridge: 'br0' }],
  });
  expect(hvParams).toMatchObject({
    ...{ bootOrder: 'disk', blockdevPrefix: 'hd', nicModel: 'e1000', screen: true, vga: 'cirrus' },
    ...{ serialConsole: true, usbTablet: true, acpi: true, pae: true, viridian: false, useLocaltime: false },
  });
});

test('keeps how a PVH domain shares the CPUs and what its end means', () => {
  const onVolume = (config: Part) => ({ ...fitting(config), disks: [] });
  const { hypervisor, memoryMiB, hvParams, problem } = describe('p.vh', onVolume);
  expect({ hypervisor, memoryMiB, problem }).toEqual({ hypervisor: 'xen-pvh', memoryMiB: 64, problem: null });
  expect(hvParams).toMatchObject({
    ...{ cpuMask: '0', cpuCap: 50, cpuWeight: 512, rebootBehavior: 'exit', rootPath: null, kernelArgs: '' },
  });
  expect(() => resolveHvParams('xen-pvh', { cluster: {}, instance: hvParams })).not.toThrow();
});

test('says which settings would be lost, also where it is something that is switched off', () => {
  const problemOf = (changes: Part) => describe('hand.made', inBuild({ ...kernel, ...changes })).problem;
  expect(problemOf({ tsc_mode: 'native' })).toBeNull();
  expect(problemOf({ tsc_mode: 'always_emulate' })).toContain('tsc_mode');
  expect(problemOf({ nested_hvm: 'False' })).toBeNull();
  expect(problemOf({ 'type.pv': { hpet: 'False' } })).toContain('hpet');
});

test('knows the two boot loaders', () => {
  const pygrub = { kernel: '', ramdisk: '', cmdline: '', bootloader: '/usr/lib/xen/bin/pygrub' };
  expect(describe('hand.made', inBuild({ ...pygrub, bootloader_args: ['-q'] }))).toMatchObject({
    problem: null,
    hvParams: {
      kernelPath: null,
      bootloader: 'pygrub',
      bootloaderArgs: '-q',
      rootPath: null,
      kernelArgs: '',
    },
  });
  const pvgrub = { kernel: '/usr/lib/grub-xen/grub-x86_64-xen.bin', ramdisk: '', cmdline: '(hd0)/grub.cfg' };
  expect(describe('hand.made', inBuild(pvgrub))).toMatchObject({
    problem: null,
    hvParams: { kernelPath: null, bootloader: 'pvgrub', bootloaderArgs: '(hd0)/grub.cfg' },
  });
  expect(describe('hand.made', inBuild({ ...pygrub, bootloader_args: ['--offset=1'] })).problem).toContain(
    'no bootloaderArgs like --offset=1',
  );
  expect(describe('hand.made', inBuild({ ...pygrub, bootloader: '/bin/sh' })).problem).toContain(
    'boot loader is sh',
  );
});

const disk = { pdev_path: '/dev/corral/theirs', vdev: 'xvda', readwrite: 1 };
const nic = { mac: '00:16:3e:11:22:33', bridge: 'br0' };

test.each<[string, string, (config: Part) => Part]>([
  ['initial RAM disk /root/gi.gz does not lie below', 'hand.made', (config) => config],
  ['neither a kernel nor a boot loader', 'hand.made', inBuild({ kernel: '', ramdisk: '' })],
  ['served by qdisk', 'pv 2', fitting],
  ['settings that an instance cannot have: nested_hvm', 'h.vm2', (config) => ({ ...config, disks: [] })],
  ['Something lies in its CD drive hdc: /root/loop.img', 'h.vm2', inBuild({ nested_hvm: 'False' })],
  ['pcidevs', 'hand.made', (config) => ({ ...fitting(config), pcidevs: [{ dev: 3 }] })],
  ['e820_host', 'hand.made', inBuild({ ...kernel, 'type.pv': { e820_host: 'True' } })],
  [
    'has the format qcow2',
    'hand.made',
    (config) => ({ ...fitting(config), disks: [{ ...disk, format: 'qcow2' }] }),
  ],
  ['script', 'hand.made', (config) => ({ ...fitting(config), disks: [{ ...disk, script: 'x' }] })],
  ['backend_domid', 'hand.made', (config) => ({ ...fitting(config), nics: [{ ...nic, backend_domid: 3 }] })],
  [
    'disk xvda1 has a name',
    'hand.made',
    (config) => ({ ...fitting(config), disks: [{ ...disk, vdev: 'xvda1' }] }),
  ],
  ['in no bridge', 'hand.made', (config) => ({ ...fitting(config), nics: [{ ...nic, bridge: '' }] })],
  ['MAC address x', 'hand.made', (config) => ({ ...fitting(config), nics: [{ ...nic, mac: 'x' }] })],
  [
    'different models',
    'hand.made',
    (config) => ({ ...fitting(config), nics: [nic, { ...nic, nictype: 'vif_ioemu' }] }),
  ],
  ['pinned each in another way', 'hand.made', inBuild({ ...kernel, vcpu_hard_affinity: [[0], [1]] })],
  ['16 MiB of memory', 'hand.made', inBuild({ ...kernel, target_memkb: 16_384 })],
])('says %s', (words, name, change) => {
  const domain = describe(name, change);
  expect(domain.problem).toContain(words);
  expect(domain.hvParams).toEqual({});
});

test('says of each domain why it is not for an instance, whatever is told of it', () => {
  const domain: Domain = needed(domains.get('hand.made'));
  expect(describeForeign(domain, null).problem).toBe('Xen does not tell what it was made with.');
  const config = configOf('hand.made', fitting);
  const described = (change: Partial<Domain>) => describeForeign({ ...domain, ...change }, config);
  expect(described({ uuid: '11111111-2222-3333-4444-555555555555' }).problem).toContain('UUID');
  expect(described({ isShutdown: true, reason: 'crash' })).toMatchObject({
    state: 'ended',
    problem: 'It has ended.',
  });
  expect(described({ name: '-rf' }).problem).toContain('name');
});

test('understands what a dry run of xl writes for a domain that has much', () => {
  const config = DomainConfig.parse(JSON.parse(told('create-dry-4.17.5.json')));
  expect(describeForeign(needed(domains.get('hand.made')), config).problem).toContain('served by tap');
});
