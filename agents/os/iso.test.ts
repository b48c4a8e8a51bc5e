import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineGuest } from '../hypervisors/testing/kvm-lab';
import { createIsoOs, listIsos } from './iso';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iso-'));
});
afterEach(() => rm(folder, { recursive: true }));

const boot = (iso: string) => createIsoOs(folder).boot(defineGuest({ os: { kind: 'iso', iso } }));

test('boots a file of the folder, also one linked from elsewhere', async () => {
  await writeFile(join(folder, 'a.iso'), '');
  await symlink(join(folder, 'a.iso'), join(folder, 'b.iso'));
  expect(await boot('a.iso')).toEqual({ kind: 'iso', path: join(folder, 'a.iso') });
  expect(await boot('b.iso')).toEqual({ kind: 'iso', path: join(folder, 'a.iso') });
});

test('names what is there when the file is missing', async () => {
  await expect(boot('x.iso')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('holds none'),
  });
  await writeFile(join(folder, 'debian-12.iso'), '');
  await writeFile(join(folder, 'notes.txt'), '');
  await mkdir(join(folder, 'folder.iso'));
  expect(await listIsos(folder)).toEqual(['debian-12.iso']);
  await expect(boot('x.iso')).rejects.toMatchObject({
    message: expect.stringContaining('holds debian-12.iso'),
  });
});

test.each(['../secret.iso', '/etc/passwd', 'a/b.iso', '..'])(
  'never leaves the folder for %s',
  async (name) => {
    await expect(boot(name)).rejects.toThrow();
  },
);
