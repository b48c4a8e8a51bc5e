import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLoopDevices } from './losetup';

const fixture = readFileSync(join(import.meta.dirname, 'fixtures', 'list-2.38.1.json'), 'utf8');
const folder = '/tmp/lo-fix/disks/7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31';

test('loop devices are read with their files, also those that are gone', () => {
  expect(parseLoopDevices(fixture)).toEqual([
    {
      path: '/dev/loop1',
      backFile: `${folder}/9a1e6d0c-4b3f-4f57-8a5d-3c2b1a0f9e8d.raw`,
      isDeleted: true,
    },
    {
      path: '/dev/loop0',
      backFile: `${folder}/0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90.raw`,
      isDeleted: false,
    },
  ]);
});

test('no loop devices are no lines, or an empty list', () => {
  expect(parseLoopDevices('')).toEqual([]);
  expect(parseLoopDevices('{\n   "loopdevices": [\n\n   ]\n}\n')).toEqual([]);
});

test('a loop device whose file losetup does not know is of no file', () => {
  const json = '{"loopdevices": [{"name": "/dev/loop3", "back-file": null}]}';
  expect(parseLoopDevices(json)).toEqual([{ path: '/dev/loop3', backFile: '', isDeleted: false }]);
});
