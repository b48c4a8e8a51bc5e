import { expect, test } from 'vitest';
import * as args from './args';

const volume = { vg: 'corral', lv: 'disk-1' };
const line = (argv: string[]) => argv.join(' ');

test('a volume is made at once with its tags, what was there before neither looked at nor asked about', () => {
  const made = args.buildLvcreateArgs({
    ...volume,
    sizeMiB: 64,
    stripes: 1,
    tags: ['corral.disk=1', 'corral.plain'],
    zero: false,
  });
  expect(line(made)).toBe(
    'lvcreate --yes --wipesignatures n --zero n --size 64m --addtag corral.disk=1 --addtag corral.plain --name disk-1 corral',
  );
  const striped = args.buildLvcreateArgs({ ...volume, sizeMiB: 64, stripes: 3, tags: [], zero: true });
  expect(line(striped)).toBe(
    'lvcreate --yes --wipesignatures n --zero y --size 64m --stripes 3 --name disk-1 corral',
  );
});

test('a snapshot has room for its whole origin', () => {
  const argv = args.buildSnapshotArgs(volume, { lv: 'disk-1.before', sizeMiB: 64, tags: ['corral.disk=1'] });
  expect(line(argv)).toBe(
    'lvcreate --yes --snapshot --size 64m --addtag corral.disk=1 --name disk-1.before corral/disk-1',
  );
});

test('volumes are extended, activated, tagged, renamed and removed by their full names', () => {
  const meta = { vg: 'fast', lv: 'disk-1.meta' };
  expect(
    [
      args.buildLvextendArgs(volume, { sizeMiB: 96, test: true }),
      args.buildLvextendArgs(volume, { sizeMiB: 96, test: false }),
      args.buildActivateArgs([volume, meta], true),
      args.buildActivateArgs([volume], false),
      args.buildRetagArgs([volume, meta], { add: ['corral.drbd'], remove: ['corral.plain', 'corral.new'] }),
      args.buildLvrenameArgs(volume, 'disk-2'),
      args.buildLvremoveArgs([volume, meta]),
      args.buildLvremoveArgs({ tagged: 'corral.disk=1' }),
    ].map(line),
  ).toEqual([
    'lvextend --test --size 96m corral/disk-1',
    'lvextend --size 96m corral/disk-1',
    'lvchange --activate y corral/disk-1 fast/disk-1.meta',
    'lvchange --activate n corral/disk-1',
    'lvchange --addtag corral.drbd --deltag corral.plain --deltag corral.new corral/disk-1 fast/disk-1.meta',
    'lvrename corral disk-1 disk-2',
    'lvremove --force --yes corral/disk-1 fast/disk-1.meta',
    'lvremove --force --yes @corral.disk=1',
  ]);
});
