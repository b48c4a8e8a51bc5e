import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDescriptions, settingsBesides } from './described';

const told = readFileSync(join(import.meta.dirname, 'fixtures/foreign-4.17.5.json'), 'utf8');

test('reads what Xen of 4.17.5 tells of each domain, and fills in what it leaves out', () => {
  const all = parseDescriptions(told);
  expect([...all.keys()]).toEqual([0, 6, 7, 8, 9, 10]);
  expect(all.get(7)).toMatchObject({
    c_info: { type: 'pvh', name: 'p.vh' },
    b_info: { avail_vcpus: [0], sched_params: { weight: 512, cap: 50 }, bootloader: '', acpi: true },
    disks: [{ pdev_path: '/root/loop.img', backend: 'phy', readwrite: 1 }],
    on_reboot: 'destroy',
  });
});

test('says of a domain that is told otherwise that it is not understood', () => {
  const config = { c_info: { type: 'other' }, b_info: { target_memkb: 1 } };
  expect(parseDescriptions(JSON.stringify([{ domid: 3, config }])).get(3)).toBeNull();
  expect(() => parseDescriptions('nope')).toThrow();
});

test('finds settings that nobody knows, but for those that say nothing', () => {
  const part = {
    known: 'yes',
    none: '',
    off: 'False',
    hpet: 'False',
    empty: { list: [], more: {} },
    on: 'True',
    deep: { at: 0 },
  };
  expect(settingsBesides(part, ['known'])).toEqual(['hpet', 'on', 'deep']);
});
