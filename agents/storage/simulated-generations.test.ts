import { expect, it } from 'vitest';
import { compare, firstGeneration, fresh, inStep, nextGeneration } from './simulated-generations';

const first = firstGeneration();
const second = nextGeneration(first);
const third = nextGeneration(second);
const other = nextGeneration(first);

it.each([
  ['two that never held anything', fresh, fresh, 'bothFresh'],
  ['one that never held anything', fresh, first, 'behind'],
  ['one whose peer never held anything', first, fresh, 'ahead'],
  ['the same', second, second, 'same'],
  ['one that was written alone', second, first, 'ahead'],
  ['one that was written alone twice', third, first, 'ahead'],
  ['one that did not see what its peer wrote', first, third, 'behind'],
  ['two that were both written alone', third, other, 'splitBrain'],
  ['two that have nothing in common', first, firstGeneration(), 'unrelated'],
] as const)('tells %s', (_what, mine, theirs, expected) => {
  expect(compare(mine, theirs)).toBe(expected);
});

it('still knows what it had before the sides came in step again', () => {
  const again = inStep(third);
  expect(again.current).toBe(third.current);
  expect(compare(again, third)).toBe('same');
  expect(compare(again, first)).toBe('ahead');
});
