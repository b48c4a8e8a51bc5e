import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseReport } from '../tools/lvm/report';
import { whyNotAdopted } from './lvm-adoption';

const fixture = path.join(import.meta.dirname, '../tools/lvm/fixtures/fullreport-2.03.16.json');
const [ours, theirs] = parseReport(readFileSync(fixture, 'utf8')).volumes;
if (!ours || !theirs) throw new Error('the fixture has two volumes');

it('takes an ordinary volume of somebody else', () => {
  expect(whyNotAdopted(theirs)).toBeNull();
  expect(whyNotAdopted({ ...theirs, tags: ['backup'], attributes: '-wi-------' })).toBeNull();
});

it('takes one that is open where it may be', () => {
  expect(whyNotAdopted({ ...theirs, isOpen: true }, true)).toBeNull();
});

it.each([
  [{ ...ours, isOpen: false }, 'it belongs to a disk already'],
  [{ ...theirs, isOpen: true }, 'something has it open'],
  [{ ...theirs, bytes: theirs.bytes + 512 }, 'its size is no whole number of MiB'],
  [{ ...theirs, attributes: 'swi-a-s---' }, 'it is a snapshot'],
  [{ ...theirs, attributes: 'owi-a-s---' }, 'it has snapshots'],
  [{ ...theirs, attributes: 'Vwi-a-tz--' }, 'it is a thin volume'],
  [{ ...theirs, attributes: 'twi-aotz--' }, 'it is a thin pool'],
  [{ ...theirs, attributes: 'rwi-a-r---' }, 'it is a part of another volume, or more than an ordinary one'],
  [{ ...theirs, attributes: '-ri-a-----' }, 'it is read-only'],
  [{ ...theirs, attributes: '-wi-s-----' }, 'it is not in order'],
  [{ ...theirs, attributes: '-wi-a---p-' }, 'it is not in order'],
  [{ ...theirs, bytes: 0, sizeMiB: 0 }, 'no disk may have 0 MiB'],
])('says why it does not take another one: %#', (volume, why) => {
  expect(whyNotAdopted(volume)).toBe(why);
});
