import { expect, it } from 'vitest';
import { limits } from '@/contract/units';
import { grownSizes } from './grown-sizes';

it('offers round sizes above the present one', () => {
  expect(grownSizes(10 * 1024)).toEqual([20 * 1024, 30 * 1024, 40 * 1024]);
  expect(grownSizes(512)).toEqual([1024, 2048]);
  expect(grownSizes(7_000)).toEqual([10_240, 14_000, 15_360, 28_000]);
});

it('offers nothing where a disk cannot be larger', () => {
  expect(grownSizes(limits.diskMiB.max)).toEqual([]);
});
