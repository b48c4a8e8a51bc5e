import { execFileSync } from 'node:child_process';
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../../testing/temp-folder';
import { isHeld, listDeviceUsers } from './device-users';

const canMount = process.getuid?.() === 0 && (await readdir('/dev')).includes('loop-control');

test('a program that has a device open is named with its process id', async () => {
  const device = await open('/dev/zero', 'r');
  try {
    expect(await listDeviceUsers('/dev/zero')).toContainEqual(
      expect.stringMatching(new RegExp(`\\(${process.pid}\\)$`)),
    );
  } finally {
    await device.close();
  }
});

test('nobody uses a device that does not exist', async () => {
  expect(await listDeviceUsers('/dev/of-nobody')).toEqual([]);
});

// Only root may mount, and only where the kernel has loop devices.
test.runIf(canMount)('a mount is named with its place, and holds the device until it is gone', async () => {
  const folder = await makeTempFolder();
  const [disk, point] = [join(folder, 'disk.raw'), join(folder, 'point')];
  await mkdir(point);
  execFileSync('truncate', ['--size=16M', disk]);
  execFileSync('mkfs.ext4', ['-q', disk]);
  const device = execFileSync('losetup', ['--find', '--show', disk], { encoding: 'utf8' }).trim();
  try {
    expect(await isHeld(device)).toBe(false);
    execFileSync('mount', [device, point]);
    try {
      expect(await listDeviceUsers(device)).toContain(`the mount at ${point}`);
      expect(await isHeld(device)).toBe(true);
    } finally {
      execFileSync('umount', [point]);
    }
    expect(await isHeld(device)).toBe(false);
  } finally {
    execFileSync('losetup', ['--detach', device]);
  }
});
