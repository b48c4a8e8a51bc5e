import { expect, it } from 'vitest';
import { freeIndex, whyNotMoved } from './disk-move';
import { limits } from './units';

const from = {
  ...{ id: 'a', clusterId: 'c', diskTemplate: 'drbd' as const, nodeId: 'n1', secondaryId: 'n2' },
  disks: [{ name: 'data' }],
};
const to = { ...from, id: 'b', disks: [{ name: null }] };
const disk = { name: 'data' };

it('lets a disk go where disks lie as it does, whichever of two nodes is the primary', () => {
  expect(whyNotMoved(disk, from, to)).toBeNull();
  expect(whyNotMoved(disk, from, { ...to, nodeId: 'n2', secondaryId: 'n1' })).toBeNull();
});

it.each([
  [from, 'it is the same instance'],
  [{ ...to, clusterId: 'd' }, 'they are in different clusters'],
  [{ ...to, diskTemplate: 'plain' as const }, 'its disks are plain, not drbd'],
  [{ ...to, secondaryId: 'n3' }, 'its disks do not lie on the same nodes'],
  [{ ...to, disks: Array(limits.disks).fill({ name: null }) }, 'it has 16 disks already'],
  [{ ...to, disks: [{ name: 'data' }] }, 'it has a disk named data already'],
])('says why it cannot: %#', (other, why) => {
  expect(whyNotMoved(disk, from, other)).toBe(why);
});

it('finds a free place, the preferred one where it can', () => {
  expect(freeIndex([{ index: 0 }, { index: 2 }])).toBe(1);
  expect(freeIndex([{ index: 0 }], 5)).toBe(5);
  expect(freeIndex([{ index: 0 }], 0)).toBe(1);
  expect(freeIndex(Array.from({ length: limits.disks }, (_, index) => ({ index })))).toBeNull();
});
