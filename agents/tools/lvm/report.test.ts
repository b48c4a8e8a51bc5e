import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildReportArgs, isMadeFor, parseReport } from './report';

const fixture = readFileSync(join(import.meta.dirname, 'fixtures', 'fullreport-2.03.16.json'), 'utf8');
const mib = 1024 * 1024;

test('one report has the groups and the volumes', () => {
  expect(buildReportArgs().join(' ')).toBe(
    'fullreport --reportformat json --units b --nosuffix --configreport vg --options vg_name,vg_size,vg_free,vg_extent_size --configreport lv --options lv_name,lv_size,lv_tags,lv_attr --configreport pv --options pv_name --configreport pvseg --options pvseg_start --configreport seg --options seg_start',
  );
});

test('groups are read with their sizes, rounded down, volumes with and without tags, open and not', () => {
  expect(parseReport(fixture)).toEqual({
    groups: [{ name: 'corral', totalMiB: 20_476, freeMiB: 20_412 }],
    volumes: [
      {
        ...{ vg: 'corral', lv: 'disk-0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90', bytes: 64 * mib, sizeMiB: 64 },
        tags: [
          'corral.disk=0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90',
          'corral.instance=7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31',
          'corral.plain',
        ],
        ...{ attributes: '-wi-ao----', isOpen: true, extentBytes: 4 * mib },
      },
      {
        ...{ vg: 'corral', lv: 'scratch', bytes: 12 * mib, sizeMiB: 12, tags: [] },
        ...{ attributes: '-wi-a-----', isOpen: false, extentBytes: 4 * mib },
      },
    ],
  });
});

test('a node may have no group at all, or disks that belong to none', () => {
  expect(parseReport('{"report":[]}')).toEqual({ groups: [], volumes: [] });
  expect(parseReport('{"report":[{"pv":[{"pv_name":"/dev/vdc"}]}]}')).toEqual({ groups: [], volumes: [] });
});

test('a volume is the one wished for when it is not smaller, nor larger than whole extents make it', () => {
  const volume = { bytes: 12 * mib, extentBytes: 4 * mib };
  expect(isMadeFor(volume, { sizeMiB: 10, stripes: 1 })).toBe(true);
  expect(isMadeFor(volume, { sizeMiB: 12, stripes: 1 })).toBe(true);
  expect(isMadeFor(volume, { sizeMiB: 13, stripes: 1 })).toBe(false);
  expect(isMadeFor(volume, { sizeMiB: 8, stripes: 1 })).toBe(false);
  expect(isMadeFor(volume, { sizeMiB: 5, stripes: 2 })).toBe(true);
});
