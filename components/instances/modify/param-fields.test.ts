import { describe, expect, it } from 'vitest';
import { KvmParams } from '@/contract/schemas/hv-params';
import { choicesOf, groupNames, paramGroups, paramsFor, toOverride, toTexts } from './param-fields';

describe('parameters of the machine', () => {
  it('has every parameter in one group', () => {
    const grouped = groupNames.flatMap((group) => [...paramGroups[group]]);
    expect(grouped.sort()).toEqual([...KvmParams.keyof().options].sort());
  });

  it('comes back from its texts as it was', () => {
    const override = {
      diskBus: 'scsi',
      cdrom: null,
      nicQueues: 4,
      usbTablet: false,
      kernelArgs: 'ro quiet',
    } as const;
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
    expect(choicesOf('vga')).toEqual(['std', 'cirrus', 'virtio', 'none']);
    expect(choicesOf('usbTablet')).toEqual(['true', 'false']);
    expect(choicesOf('keymap')?.slice(0, 2)).toEqual(['-', 'ar']);
    expect(choicesOf('cdrom')).toBeNull();
  });

  it('keeps from owners what names files of nodes', () => {
    expect(paramsFor('boot', false)).toEqual(['bootOrder', 'cdrom', 'kernelArgs', 'rootPath']);
    expect(paramsFor('boot', true)).toContain('kernelPath');
  });
});
