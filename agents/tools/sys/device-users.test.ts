import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { listDeviceUsers } from './device-users';

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
