import { expect, test } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { makeMirrorPair } from '../testing/mirror-pair';
import { dataOf, metaOf, ownerChange, ownerTags, refOf, specOf, wipeFromOf, wipeFromTag } from './lvm-names';

const ids = {
  instanceId: '7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31',
  diskId: '0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90',
  sizeMiB: 64,
};
const plain: NodeDisk = { ...ids, spec: { template: 'plain', vg: 'corral', stripes: 1 } };
const [mirrored] = makeMirrorPair(ids);
const volume = (tags: string[]) => ({
  ...{ vg: 'corral', lv: 'x', bytes: 66 * 1024 * 1024, sizeMiB: 66, extentBytes: 1024, tags },
  ...{ attributes: '-wi-a-----', isOpen: false },
});

test('a mirror lies on a volume named like a plain disk, and one of metadata beside it', () => {
  const name = { vg: 'corral', lv: `disk-${ids.diskId}` };
  expect(dataOf(plain, specOf(plain, 'plain'))).toEqual(name);
  const spec = specOf(mirrored, 'drbd');
  expect(dataOf(mirrored, spec)).toEqual(name);
  expect(metaOf(mirrored, spec)).toEqual({ vg: 'corral', lv: `disk-${ids.diskId}.meta` });
});

test('a disk is found again by the tags of its volume, whatever else it is tagged with', () => {
  const { instanceId, diskId } = ids;
  expect(refOf(volume(['corral.plain', ...ownerTags(plain), 'backup']))).toEqual([
    { instanceId, diskId, sizeMiB: 66 },
  ]);
});

test('a disk of another instance has its tag, and that of no other one', () => {
  const other = '11111111-2222-4333-8444-555555555555';
  const [own, next] = [ids.instanceId, other].map((id) => `corral.instance=${id}`);
  expect(ownerChange(['corral.plain', ...ownerTags(plain)], other)).toEqual({ add: [next], remove: [own] });
  expect(ownerChange([...ownerTags(plain), String(next)], other)).toEqual({ add: [], remove: [own] });
  expect(ownerChange(ownerTags(plain), ids.instanceId)).toBeNull();
});

test('a volume of somebody else is no disk', () => {
  expect(refOf(volume([]))).toEqual([]);
  expect(refOf(volume(['corral.disk=1', 'corral.instance=../2']))).toEqual([]);
});

test('where wiping is to go on stands in a tag', () => {
  expect(wipeFromOf(volume([...ownerTags(plain), wipeFromTag(64)]))).toBe(64);
  expect(wipeFromOf(volume(ownerTags(plain)))).toBeNull();
});

test('a disk of another template is none of this driver', () => {
  expect(() => specOf(plain, 'drbd')).toThrow('is no drbd disk');
});
