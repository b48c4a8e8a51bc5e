import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseProgress } from './parse-progress';

it('reads how far qemu-img is, as it said while it copied one loop device to another', () => {
  const said = readFileSync(join(import.meta.dirname, 'fixtures', 'convert-progress-7.2.txt'), 'utf8');
  const lines = said.split(/[\r\n]/).filter((line) => line !== '');
  const shares = lines.map(parseProgress);
  expect(shares).not.toContain(null);
  expect(shares.at(0)).toBe(0);
  expect(shares.at(-1)).toBe(1);
  expect(shares.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(shares);
});

it.each(["qemu-img: Could not open '/dev/x'", '(1/2)', ''])('finds none in %s', (line) => {
  expect(parseProgress(line)).toBeNull();
});
