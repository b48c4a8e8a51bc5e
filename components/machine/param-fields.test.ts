import { describe, expect, it } from 'vitest';
import { HvParams } from '@/contract/schemas/hv-params';
import { choicesOf, groupNames, paramGroups, paramsFor, toOverride, toTexts } from './param-fields';

describe('parameters of the machine', () => {
  it('has every parameter in one group', () => {
    const grouped = groupNames.flatMap((group) => [...paramGroups[group]]);
    expect(grouped.sort()).toEqual([...HvParams.keyof().options].sort());
  });

  it('comes back from its texts as it was', () => {
    const override = {
      diskBus: 'scsi',
      cdrom: null,
      nicQueues: 4,
      usbTablet: false,
      kernelArgs: 'ro quiet',
      bootloaderArgs: '',
    } as const;
    expect(toTexts(override)).toMatchObject({ cdrom: '-', bootloaderArgs: '-' });
    expect(toOverride(toTexts(override)).override).toEqual(override);
  });

  it('inherits what is left empty, and names what is no value', () => {
    expect(toOverride({ vga: ' ', cpuCores: '2' })).toEqual({ override: { cpuCores: 2 }, wrong: [] });
    expect(toOverride({ nicQueues: '0', diskBus: '-', vga: 'std' })).toEqual({
      override: null,
      wrong: ['diskBus', 'nicQueues'],
    });
  });

  it('offers words where there are few of them', () => {
    expect(choicesOf('kvm', 'vga')).toEqual(['std', 'cirrus', 'virtio', 'none']);
    expect(choicesOf('kvm', 'usbTablet')).toEqual(['true', 'false']);
    expect(choicesOf('kvm', 'keymap')?.slice(0, 2)).toEqual(['-', 'ar']);
    expect(choicesOf('kvm', 'cdrom')).toBeNull();
    expect(choicesOf('xen-hvm', 'vga')).toEqual(['std', 'cirrus', 'none']);
  });

  it('keeps from owners what names files of nodes', () => {
    const kvm = { hypervisor: 'kvm', isOperator: false } as const;
    expect(paramsFor('boot', kvm)).toEqual(['bootOrder', 'cdrom', 'kernelArgs', 'rootPath']);
    expect(paramsFor('boot', { ...kvm, isOperator: true })).toContain('kernelPath');
    expect(paramsFor('cpu', { hypervisor: 'xen-pvm', isOperator: true })).toEqual([
      'cpuMask',
      'cpuCap',
      'cpuWeight',
    ]);
  });
});
