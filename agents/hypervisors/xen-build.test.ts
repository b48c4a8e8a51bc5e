import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeTestFolder } from '@/tools/testing/test-folder';
import { keepKernel } from './xen-build';
import { xenFiles } from './xen-record';

const folder = makeTestFolder();
afterAll(() => rmSync(folder, { recursive: true }));

test('a kernel that is named by a link is kept itself, whatever becomes of the link', async () => {
  writeFileSync(join(folder, 'vmlinuz-1'), 'first');
  writeFileSync(join(folder, 'initrd-1'), 'its disk');
  symlinkSync('vmlinuz-1', join(folder, 'vmlinuz'));
  symlinkSync(join(folder, 'initrd-1'), join(folder, 'initrd'));
  const files = xenFiles(folder, '8d1c0f5e-6f0c-4f0e-9a57-0a4a5b1f8a01');
  const boot = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd'), args: '' };
  await keepKernel(files, { kind: 'kernel', ...boot });
  for (const name of ['vmlinuz', 'initrd', 'vmlinuz-1', 'initrd-1']) rmSync(join(folder, name));
  expect(readFileSync(files.kernel, 'utf8')).toBe('first');
  expect(readFileSync(files.initrd, 'utf8')).toBe('its disk');
});

test('a kernel that is not there is named', async () => {
  const files = xenFiles(folder, '8d1c0f5e-6f0c-4f0e-9a57-0a4a5b1f8a02');
  const boot = { kind: 'kernel', kernel: join(folder, 'none'), initrd: null, args: '' } as const;
  await expect(keepKernel(files, boot)).rejects.toThrow(`no kernel file ${boot.kernel}`);
});
