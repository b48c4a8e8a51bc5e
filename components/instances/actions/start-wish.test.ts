import { expect, it } from 'vitest';
import { firstValues, toOverrides, wrongTexts } from './start-wish';

const kernel = { ...firstValues.kernel, kernelPath: ' /boot/vmlinuz ', kernelArgs: 'ro single' };

it('overrides nothing unless something is chosen', () => {
  expect(toOverrides(firstValues)).toEqual({});
});

it('boots from a device whatever kernel is configured', () => {
  expect(toOverrides({ ...firstValues, boot: 'iso', iso: 'debian.iso' })).toEqual({
    ...{ bootOrder: 'cdrom', cdrom: 'debian.iso', kernelPath: null },
  });
  expect(toOverrides({ ...firstValues, boot: 'network' })).toEqual({
    bootOrder: 'network',
    kernelPath: null,
  });
});

it('leaves to the configuration what is not said of a kernel', () => {
  expect(toOverrides({ ...firstValues, boot: 'kernel', kernel })).toEqual({
    ...{ kernelPath: '/boot/vmlinuz', kernelArgs: 'ro single' },
  });
});

it('tells what is wrong with a kernel, and overrides nothing then', () => {
  const values = {
    ...firstValues,
    boot: 'kernel',
    kernel: { ...kernel, kernelPath: '/etc/shadow' },
  } as const;
  expect([toOverrides(values), wrongTexts(values)]).toEqual([null, ['kernelPath']]);
  const missing = { ...firstValues, boot: 'kernel' } as const;
  expect([toOverrides(missing), wrongTexts(missing)]).toEqual([null, ['kernelPath']]);
  expect(toOverrides({ ...firstValues, boot: 'iso', iso: '' })).toBeNull();
});
