import { expect, test } from 'vitest';
import { parseMounts } from './mounts';

test('mounts of a device are found, the latest first, with blanks in their paths', () => {
  const mountinfo = [
    '22 1 252:0 / / rw,relatime - ext4 /dev/dm-0 rw',
    '40 22 252:7 / /tmp/tmp.a\\040b rw,relatime shared:1 - ext4 /dev/mapper/x1 rw',
    '41 40 0:5 / /tmp/tmp.a\\040b/proc rw - proc proc rw',
    '42 22 252:7 / /mnt rw - ext4 /dev/mapper/x1 rw',
    '',
  ].join('\n');
  expect(parseMounts(mountinfo, ['252:7'])).toEqual(['/mnt', '/tmp/tmp.a b']);
  expect(parseMounts(mountinfo, [])).toEqual([]);
});
