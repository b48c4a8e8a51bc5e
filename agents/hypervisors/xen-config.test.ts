import { expect, test } from 'vitest';
import type { XenKind } from '@/contract/hypervisor-kind';
import type { HvParamsOverride } from '@/contract/schemas/hv-params';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import { buildConfig } from '../tools/xl/config';
import type { Boot, StartRequest } from './hypervisor';
import { describeDomain, vdevOf } from './xen-config';

const id = '5a9c3a6e-0b1c-4c1e-9d77-0000000000a1';
const files = { kernel: '/data/kernel', initrd: '/data/initrd' };
const kernel: Boot = {
  kind: 'kernel',
  kernel: '/boot/vmlinuz',
  initrd: '/boot/initrd',
  args: 'root=/dev/xvda ro',
};

function start(
  kind: XenKind,
  { boot = kernel, params = {} }: { boot?: Boot; params?: HvParamsOverride } = {},
): StartRequest {
  return {
    definition: {
      ...{ id, name: 'web1', hypervisor: kind, os: { kind: 'none' }, vcpus: 2, memoryMiB: 256 },
      hvParams: resolveHvParams(kind, { cluster: {}, instance: params }),
      ...{ diskTemplate: 'plain', disks: [], nics: [] },
    },
    boot,
    disks: [0, 1, 2].map((index) => ({ id, index, path: `/dev/corral/d${index}`, isMirrored: false })),
    nics: [{ id, index: 0, mac: '52:54:00:00:00:07', netdev: { type: 'bridge', bridge: 'br0' } }],
  };
}

const linesOf = (...asked: Parameters<typeof start>) =>
  buildConfig(describeDomain(asked[0], start(...asked), files).config).split('\n');

test('a PV domain starts its own copy of the kernel, and has no screen', () => {
  const lines = linesOf('xen-pvm');
  expect(lines).toEqual(
    expect.arrayContaining([
      ...['type = "pv"', 'memory = 256', 'vcpus = 2', 'kernel = "/data/kernel"', 'ramdisk = "/data/initrd"'],
      ...['cmdline = "root=/dev/xvda ro"', 'cpu_weight = 256'],
    ]),
  );
  expect(lines.find((line) => line.startsWith('disk'))).toContain('vdev=xvdc,access=rw,backendtype=phy');
  expect(lines.filter((line) => /^(?:vfb|vnc|cap|cpus|tsc_mode)/.test(line))).toEqual([]);
});

test('where nothing gives a kernel, a boot loader finds it on the disk', () => {
  const boot: Boot = { kind: 'firmware' };
  expect(linesOf('xen-pvm', { boot, params: { bootloaderArgs: '--entry=1' } })).toEqual(
    expect.arrayContaining([
      'bootloader = "pygrub"',
      'bootloader_args = ["--entry=1"]',
      'root = "/dev/xvda1"',
    ]),
  );
  expect(linesOf('xen-pvh', { boot, params: { bootloader: 'pvgrub' } })).toContain(
    'kernel = "/usr/lib/grub-xen/grub-i386-xen_pvh.bin"',
  );
});

test('an HVM domain is a PC: firmware, a drive, a screen on the loopback whose memory comes besides', () => {
  const lines = linesOf('xen-hvm', {
    boot: { kind: 'iso', path: '/iso/a.iso' },
    params: { cpuMask: '0-1', cpuCap: 50 },
  });
  expect(lines).toEqual(
    expect.arrayContaining([
      ...['type = "hvm"', 'memory = 272', 'videoram = 16', 'boot = "dc"', 'serial = "pty"', 'vnc = 1'],
      ...['vnclisten = "127.0.0.1"', 'usbdevice = ["tablet"]', 'cpus = "0-1"', 'cap = 50', 'acpi = 1'],
    ]),
  );
  expect(lines.find((line) => line.startsWith('disk'))).toMatch(
    /vdev=hdb.*vdev=xvdc.*vdev=hdc.*target=\/iso\/a\.iso/,
  );
  expect(lines.find((line) => line.startsWith('vif'))).toContain('type=ioemu,model=rtl8139');
  expect(linesOf('xen-hvm', { params: { screen: false } })).toContain('memory = 256');
});

test('names of disks end where Xen ends', () => {
  expect([0, 25].map((index) => vdevOf('xvd', index))).toEqual(['xvda', 'xvdz']);
  expect(() => vdevOf('xvd', 26)).toThrow('room for 26');
  expect([0, 1, 2].map((index) => vdevOf('hd', index))).toEqual(['hda', 'hdb', 'xvdc']);
});

test('a NIC that was plugged for QEMU is no NIC of Xen', () => {
  const request = start('xen-pvm');
  const nics = [{ id, index: 0, mac: '52:54:00:00:00:07', netdev: { type: 'user' as const } }];
  expect(() => describeDomain('xen-pvm', { ...request, nics }, files)).toThrow('not in a bridge');
});
