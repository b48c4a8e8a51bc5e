import { expect, test } from 'vitest';
import { buildZeroArgs } from './zero';

test('a range is zeroed, not only discarded, also where another device lies on it', () => {
  expect(buildZeroArgs({ path: '/dev/corral/disk-1', fromMiB: 64, lengthMiB: 32 })).toEqual([
    ...['blkdiscard', '--zeroout', '--force', '--offset', '67108864', '--length', '33554432'],
    '/dev/corral/disk-1',
  ]);
});
