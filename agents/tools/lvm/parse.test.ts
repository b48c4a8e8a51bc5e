import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMadeFor, parseGroups, parseVolumes } from './parse';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const mib = 1024 * 1024;

test('volumes are read with their sizes, tags and what their group has left', () => {
  const [data, meta, ...others] = parseVolumes(fixture('lvs-2.03.16.json'));
  expect(others).toEqual([]);
  expect(data).toEqual({
    ...{ vg: 'corral', lv: 'disk-0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90', bytes: 64 * mib },
    tags: [
      'corral.disk=0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90',
      'corral.drbd',
      'corral.instance=7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31',
    ],
    ...{ extentBytes: 4 * mib, groupFreeMiB: 1_852 },
  });
  expect(meta).toMatchObject({ bytes: 128 * mib });
  expect(parseVolumes(fixture('lvs-2.03.16-none.json'))).toEqual([]);
});

test('groups are read with their sizes, rounded down', () => {
  expect(parseGroups(fixture('vgs-2.03.16.json'))).toEqual([
    { name: 'corral', totalMiB: 2_044, freeMiB: 1_852 },
  ]);
});

test('a volume is the one wished for when it is not smaller, nor larger than whole extents make it', () => {
  const volume = { vg: 'corral', lv: 'a', bytes: 12 * mib, tags: [], extentBytes: 4 * mib, groupFreeMiB: 0 };
  expect(isMadeFor(volume, { sizeMiB: 10, stripes: 1 })).toBe(true);
  expect(isMadeFor(volume, { sizeMiB: 12, stripes: 1 })).toBe(true);
  expect(isMadeFor(volume, { sizeMiB: 13, stripes: 1 })).toBe(false);
  expect(isMadeFor(volume, { sizeMiB: 8, stripes: 1 })).toBe(false);
  expect(isMadeFor(volume, { sizeMiB: 5, stripes: 2 })).toBe(true);
});
