import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HypervisorKind } from '../hypervisor-kind';
import { ClusterHvParams, resolveMigrationLimits } from './cluster-hv-params';
import { defaultsOf, foreignParams, resolveHvParams } from './hv-kinds';
import {
  contradictionsIn,
  refusedByBootloader,
  defaultHvParams,
  defaultMigrationLimits,
  KeptHvParams,
  HvParams,
  HvParamsOverride,
  needsRestart,
  StartOverrides,
} from './hv-params';

it('starts from defaults that obey the rules', () => {
  expect(HvParams.parse(defaultHvParams)).toEqual(defaultHvParams);
  expect(contradictionsIn(defaultHvParams, { vcpus: 3, disks: 16, isMirrored: false })).toEqual([]);
});

it('lets the OS win over the cluster and the instance over both', () => {
  const cluster = { diskBus: 'scsi', nicModel: 'e1000', vga: undefined } as const;
  const os = { nicModel: 'rtl8139', screen: false } as const;
  const resolved = resolveHvParams('kvm', { cluster, os, instance: { screen: true } });
  expect(resolved).toEqual({ ...defaultHvParams, diskBus: 'scsi', nicModel: 'rtl8139' });
  expect(resolveHvParams('kvm', { cluster: {}, instance: {} })).toEqual(defaultHvParams);
  const limits = resolveMigrationLimits({ migrationDowntimeMs: 10, kinds: {} });
  expect(limits).toEqual({ ...defaultMigrationLimits, migrationDowntimeMs: 10 });
});

it('gives each hypervisor only what it knows, and starts from its own defaults', () => {
  const cluster = { diskBus: 'scsi', nicModel: 'virtio', rootPath: '/dev/xvda2', screen: true } as const;
  const resolve = (kind: HypervisorKind) => resolveHvParams(kind, { cluster, instance: { cpuCap: 50 } });
  expect(resolve('xen-pvh')).toEqual({ ...defaultsOf('xen-pvh'), rootPath: '/dev/xvda2', cpuCap: 50 });
  expect(resolve('xen-hvm')).toMatchObject({ nicModel: 'rtl8139', diskBus: 'virtio', screen: true });
  expect(resolve('kvm')).toEqual({ ...defaultHvParams, ...cluster });
  expect(foreignParams('xen-hvm', { nicModel: 'virtio', machine: 'pc-i440fx-7.2', vga: 'std' })).toEqual([
    'machine',
    'nicModel',
  ]);
  expect(foreignParams('kvm', { nicModel: 'virtio', cpuWeight: 3 })).toEqual(['cpuWeight']);
});

it('refuses keys that nobody knows', () => {
  for (const schema of [HvParams, HvParamsOverride, StartOverrides])
    expect(schema.safeParse({ ...defaultHvParams, kvmExtra: '-S' }).success).toBe(false);
  expect(StartOverrides.safeParse({ machine: 'pc-i440fx-7.2' }).success).toBe(false);
  expect(HvParamsOverride.safeParse({ migrationDowntimeMs: 5 }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ kinds: { vmware: {} } }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ kinds: { kvm: { kvmExtra: '-S' } } }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ kinds: {}, kvmExtra: '-S' }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ kinds: { kvm: { cpuSockets: 2 } } }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ migrationDowntimeMs: 5 }).success).toBe(false);
  expect(ClusterHvParams.safeParse({ migrationDowntimeMs: 5, kinds: {} }).success).toBe(true);
});

it.each([
  ['cpuType', 'host,+vmx'],
  ['cpuType', '-S'],
  ['machine', 'pc'],
  ['machine', 'pc-i440fx-7.2,accel=kvm'],
  ['memPath', '/dev/../etc'],
  ['memPath', 'hugepages'],
  ['memPath', '/huge pages'],
  ['kernelPath', '/etc/shadow'],
  ['initrdPath', '/boot/../etc/shadow'],
  ['kernelArgs', 'ro\nquiet'],
  ['kernelArgs', 'ä'],
  ['rootPath', '/dev/vda1 init=/bin/sh'],
  ['keymap', '../../etc/passwd'],
  ['cdrom', '../a.iso'],
  ['cpuMask', '0-3;1'],
  ['cpuMask', ''],
  ['bootloader', '/bin/sh'],
  ['bootloaderArgs', '--x\n'],
  ['blockdevPrefix', 'vd'],
])('refuses %s: %s', (key, value) => {
  expect(HvParamsOverride.safeParse({ [key]: value }).success).toBe(false);
});

it('never takes a path that leaves its folder, nor one that means something to QEMU', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (text) => {
      const taken = HvParamsOverride.safeParse({ kernelPath: `/boot/${text}` }).success;
      expect(taken && /(^|\/)\.\.?(\/|$)|[,=\s\0]/.test(text)).toBe(false);
    }),
  );
});

it.each([
  [{ cpuSockets: 2, cpuCores: 2 }, 3, 'make 4 CPUs'],
  [{ cpuSockets: 1, cpuCores: 2, cpuThreads: 1 }, 4, 'make 2 CPUs'],
  [{ diskAio: 'native' }, 1, 'Native disk I/O'],
  [{ diskBus: 'ide' }, 1, 'IDE has room'],
  [{ nicModel: 'e1000', nicQueues: 2 }, 1, 'Only virtio'],
  [{ initrdPath: '/boot/initrd' }, 1, 'needs a kernel'],
  [{ bootloaderArgs: '-q --runas=0' }, 1, 'not --runas=0'],
] as const)('names a contradiction: %o', (change, vcpus, words) => {
  const params = { ...defaultHvParams, ...change };
  const [found, ...others] = contradictionsIn(params, { vcpus, disks: 4, isMirrored: false });
  expect(found?.words).toContain(words);
  expect(Object.keys(change)).toContain(found?.param);
  expect(others).toEqual([]);
});

it('knows that mirrored disks have no cache on the node', () => {
  const params = { ...defaultHvParams, diskAio: 'native' as const };
  expect(contradictionsIn(params, { vcpus: 1, disks: 1, isMirrored: true })).toEqual([]);
});

it('lets pygrub be told nothing that concerns the node', () => {
  const refused = (bootloaderArgs: string) =>
    refusedByBootloader({ ...defaultHvParams, bootloader: 'pygrub', bootloaderArgs });
  const harmless = ['', '-q', '--entry=1', '--kernel=/boot/vmlinuz-6.1 --ramdisk=/boot/initrd.img-6.1 -q'];
  expect(harmless.map(refused)).toEqual([null, null, null, null]);
  const others = [
    ...['--runas=0', '--run=0', '--output=/dev/sda', '--output-directory=/etc', '-i', '-ql', '--', '-'],
    ...['/dev/sda', '--kernel=/x=/y', '--entry', '--offset=0', '--args=a', '--entry=$(id)'],
  ];
  for (const word of others) expect(refused(`-q ${word}`)).toBe(word);
  expect(
    refusedByBootloader({ bootloader: 'pvgrub', bootloaderArgs: '(hd0,0)/boot/grub/grub.cfg' }),
  ).toBeNull();
});

it('reads what was kept before a parameter existed', () => {
  const { nicQueues, ...older } = { ...defaultHvParams, vga: 'cirrus' as const };
  expect(KeptHvParams.parse(older)).toEqual({ ...older, nicQueues });
  expect(KeptHvParams.safeParse({ ...older, kvmExtra: '-S' }).success).toBe(false);
  expect(KeptHvParams.safeParse(null).success).toBe(false);
});

it('tells what waits for a restart', () => {
  const wanted: HvParams = { ...defaultHvParams, cdrom: 'a.iso', diskBus: 'ide', userShutdown: false };
  expect(needsRestart(defaultHvParams, wanted)).toEqual(['diskBus']);
});
