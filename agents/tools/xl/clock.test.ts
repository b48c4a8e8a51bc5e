import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeTestFolder } from '@/tools/testing/test-folder';
import { withClock } from './clock';
import type { XenConfig } from './config';

const folder = makeTestFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const config = (type: XenConfig['type']): XenConfig => ({
  ...{ name: 'a', uuid: 'b', type, memoryMiB: 1, vcpus: 1, disks: [], nics: [], more: { acpi: true } },
});
const modeOn = async (maker: string, type: XenConfig['type']) => {
  const board = join(folder, 'sys_vendor');
  writeFileSync(board, `${maker}\n`);
  return (await withClock(config(type), board)).more;
};

test('guests with an own clock read it directly in an emulated machine alone', async () => {
  expect(await modeOn('QEMU', 'pvh')).toEqual({ acpi: true, tsc_mode: 'native' });
  expect(await modeOn('QEMU', 'hvm')).toEqual({ acpi: true, tsc_mode: 'native' });
  expect(await modeOn('QEMU', 'pv')).toEqual({ acpi: true });
  expect(await modeOn('Dell Inc.', 'pvh')).toEqual({ acpi: true });
  expect((await withClock(config('hvm'), join(folder, 'none'))).more).toEqual({ acpi: true });
});
