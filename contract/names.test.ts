import { expect, it } from 'vitest';
import { Id } from './names';

it('has one spelling for an id', () => {
  const id = '0b8d3a9e-6f0c-4a55-9d1e-7c2f4b6a8d90';
  expect(Id.parse(id.toUpperCase())).toBe(id);
  expect(Id.parse(id)).toBe(id);
  for (const other of ['', 'web1', id.replaceAll('-', ''), `{${id}}`, ` ${id}`])
    expect(Id.safeParse(other).success).toBe(false);
});
