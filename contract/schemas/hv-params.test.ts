import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ClusterKvmParams,
  contradictionIn,
  defaultKvmParams,
  defaultMigrationLimits,
  KeptKvmParams,
  KvmParams,
  KvmParamsOverride,
  needsRestart,
  resolveHvParams,
  resolveMigrationLimits,
  StartOverrides,
} from './hv-params';

it('starts from defaults that obey the rules', () => {
  expect(KvmParams.parse(defaultKvmParams)).toEqual(defaultKvmParams);
  expect(contradictionIn(defaultKvmParams, { vcpus: 3, disks: 16 })).toBeNull();
});

it('lets the OS win over the cluster and the instance over both', () => {
  const cluster = { diskBus: 'scsi', nicModel: 'e1000', migrationDowntimeMs: 10, vga: undefined } as const;
  const resolved = resolveHvParams(cluster, { nicModel: 'rtl8139', screen: false }, { screen: true });
  expect(resolved).toEqual({ ...defaultKvmParams, diskBus: 'scsi', nicModel: 'rtl8139' });
  expect(resolveHvParams({}, undefined, {})).toEqual(defaultKvmParams);
  expect(resolveMigrationLimits(cluster)).toEqual({ ...defaultMigrationLimits, migrationDowntimeMs: 10 });
});

it('refuses keys that nobody knows', () => {
  for (const schema of [KvmParams, KvmParamsOverride, ClusterKvmParams, StartOverrides])
    expect(schema.safeParse({ ...defaultKvmParams, kvmExtra: '-S' }).success).toBe(false);
  expect(StartOverrides.safeParse({ machine: 'pc-i440fx-7.2' }).success).toBe(false);
  expect(KvmParamsOverride.safeParse({ migrationDowntimeMs: 5 }).success).toBe(false);
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
])('refuses %s: %s', (key, value) => {
  expect(KvmParamsOverride.safeParse({ [key]: value }).success).toBe(false);
});

it('never takes a path that leaves its folder, nor one that means something to QEMU', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), (text) => {
      const taken = KvmParamsOverride.safeParse({ kernelPath: `/boot/${text}` }).success;
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
] as const)('names a contradiction: %o', (change, vcpus, words) => {
  const params = { ...defaultKvmParams, ...change };
  expect(contradictionIn(params, { vcpus, disks: 4 })).toContain(words);
});

it('reads what was kept before a parameter existed', () => {
  const { nicQueues, ...older } = { ...defaultKvmParams, vga: 'cirrus' as const };
  expect(KeptKvmParams.parse(older)).toEqual({ ...older, nicQueues });
  expect(KeptKvmParams.safeParse({ ...older, kvmExtra: '-S' }).success).toBe(false);
  expect(KeptKvmParams.safeParse(null).success).toBe(false);
});

it('tells what waits for a restart', () => {
  const wanted: KvmParams = { ...defaultKvmParams, cdrom: 'a.iso', diskBus: 'ide', userShutdown: false };
  expect(needsRestart(defaultKvmParams, wanted)).toEqual(['diskBus']);
});
