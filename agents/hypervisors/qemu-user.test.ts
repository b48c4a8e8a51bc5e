import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { ensureQemuUser, userWithDevices } from './qemu-user';

const isRoot = process.getuid?.() === 0;

test('an agent that is not root has no other user for QEMU', async () => {
  expect(await ensureQemuUser(1000)).toBeNull();
});

test.skipIf(!isRoot)('the user is made once and is not root', async () => {
  const [user, again] = await Promise.all([ensureQemuUser(), ensureQemuUser()]);
  expect(user?.uid).toBeGreaterThan(0);
  expect(user?.gid).toBeGreaterThan(0);
  expect(again).toEqual(user);
});

test.skipIf(!isRoot)(
  'it gets the one group that opens a device, and stays root where none does',
  async () => {
    const folder = await makeTempFolder();
    const device = async (name: string, mode: number, group: number) => {
      const path = join(folder, name);
      await writeFile(path, '');
      await chown(path, 0, group);
      await chmod(path, mode);
      return path;
    };
    const open = await device('tun', 0o666, 0);
    const kvm = await device('kvm', 0o660, 104);
    const other = await device('other', 0o660, 105);
    const closed = await device('closed', 0o600, 0);
    const user = { uid: 990, gid: 990 };
    expect(await userWithDevices(user, [open])).toEqual(user);
    expect(await userWithDevices(user, [kvm, open])).toEqual({ uid: 990, gid: 104 });
    expect(await userWithDevices(user, [kvm, other])).toBeNull();
    expect(await userWithDevices(user, [closed])).toBeNull();
  },
);
