import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePackage } from './parse';

test('reads name, version and what a package depends on', async () => {
  const text = await readFile(join(import.meta.dirname, 'fixtures', 'show-apt-2.6.txt'), 'utf8');
  expect(parsePackage(text)).toEqual({
    name: 'linux-image-cloud-amd64',
    version: '6.1.176-1',
    depends: ['linux-image-6.1.0-50-cloud-amd64'],
  });
});

test('takes names out of versions and alternatives', () => {
  const text = 'Package: a\nVersion: 1:2\nDepends: b (= 1) , c:any | d, e (>> 2)\n';
  expect(parsePackage(text)?.depends).toEqual(['b', 'c', 'e']);
});

test('knows nothing where apt printed nothing', () => {
  expect(parsePackage('')).toBeNull();
});
