import { expect, test } from 'vitest';
import type { HypervisorKind } from './hypervisor-kind';
import { toGanetiParams } from './ganeti-params';
import { defaultHvParams } from './schemas/hv-params';

const told = (hypervisor: HypervisorKind, changes: Partial<typeof defaultHvParams> = {}) =>
  toGanetiParams(hypervisor, { ...defaultHvParams, ...changes });

test('tells of each hypervisor what Ganeti calls so', () => {
  expect(told('kvm')).toMatchObject({ disk_cache: 'default', machine_version: 'pc-i440fx-7.2', acpi: true });
  expect(told('xen-hvm', { acpi: false, bootOrder: 'network' })).toMatchObject({
    ...{ acpi: false, pae: true, viridian: false, boot_order: 'network', blockdev_prefix: 'xvd' },
  });
  expect(told('xen-hvm')).not.toHaveProperty('disk_cache');
  expect(told('xen-pvm')).not.toHaveProperty('vga');
});

test('has either a kernel of the node or a boot loader', () => {
  expect(told('xen-pvm')).toMatchObject({ use_bootloader: true, bootloader_path: 'pygrub', kernel_path: '' });
  expect(told('xen-pvh', { kernelPath: '/boot/vmlinuz' })).toMatchObject({
    ...{ use_bootloader: false, bootloader_path: '', kernel_path: '/boot/vmlinuz' },
  });
  expect(told('kvm')).not.toHaveProperty('use_bootloader');
});
