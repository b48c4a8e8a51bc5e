import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempFolder } from '../../testing/temp-folder';
import { countDescriptors, findPidsWith } from './descriptors';

it('counts how often a file is open, however it was opened', async () => {
  const file = join(await makeTempFolder(), 'disk');
  await writeFile(file, '');
  const first = await open(file, 'r');
  expect(countDescriptors(process.pid, first.fd)).toBe(1);
  const again = await open(`/proc/self/fd/${first.fd}`, 'r');
  expect(countDescriptors(process.pid, first.fd)).toBe(2);
  expect(await findPidsWith(file)).toEqual([process.pid]);
  const { fd } = first;
  await Promise.all([first.close(), again.close()]);
  expect(countDescriptors(process.pid, fd)).toBe(0);
});

it('knows nothing of a process that has ended', () => {
  expect(countDescriptors(2 ** 22 + 1, 3)).toBe(0);
});
