import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFirstDomain, runsXen } from './detect';

test('tells the first domain from a guest', () => {
  expect(isFirstDomain('000228f0\n')).toBe(true);
  expect(isFirstDomain('00002705\n')).toBe(false);
  expect(isFirstDomain('')).toBe(false);
});

test('takes no other machine for one that runs Xen', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-xen-'));
  expect(await runsXen(folder)).toBe(false);
  await writeFile(join(folder, 'type'), 'xen\n');
  expect(await runsXen(folder)).toBe(false);
  await mkdir(join(folder, 'properties'));
  await writeFile(join(folder, 'properties', 'features'), '000228f0\n');
  expect(await runsXen(folder)).toBe(true);
  await rm(folder, { recursive: true });
});
