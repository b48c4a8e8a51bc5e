import { expect, it } from 'vitest';
import { hasVirtualization } from './accelerator';

it.each([
  ['flags\t\t: fpu vme svm npt', true],
  ['processor\t: 0\nflags\t\t: fpu vmx ept\n', true],
  ['flags\t\t: fpu vme svm_lock\nbugs\t\t: vmx', false],
  ['', false],
])('reads %j as %s', (cpuinfo, expected) => {
  expect(hasVirtualization(cpuinfo)).toBe(expected);
});
