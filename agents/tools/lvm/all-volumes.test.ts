import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { buildAllVolumesArgs, parseAllVolumes } from './all-volumes';

const fixture = readFileSync(path.join(import.meta.dirname, 'fixtures/lvs-all-2.03.16.json'), 'utf8');

it('asks for all volumes of the groups', () => {
  expect(buildAllVolumesArgs(['corral', 'fast']).slice(-3)).toEqual([
    'vg_name,lv_name,lv_size,lv_tags,lv_attr',
    'corral',
    'fast',
  ]);
});

it('reads volumes with and without tags, open and not', () => {
  expect(parseAllVolumes(fixture)).toEqual([
    {
      ...{ vg: 'corral', lv: 'disk-0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90', sizeMiB: 64, isOpen: true },
      ...{ bytes: 67_108_864, attributes: '-wi-ao----' },
      tags: [
        'corral.disk=0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90',
        'corral.instance=7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31',
      ],
    },
    {
      ...{ vg: 'corral', lv: 'scratch', sizeMiB: 12, tags: [], isOpen: false },
      ...{ bytes: 12_582_912, attributes: '-wi-a-----' },
    },
  ]);
});
