import { expect, it } from 'vitest';
import { timeLeft } from './time-left';

it('says how long it takes in a unit of which there are at least two', () => {
  expect(timeLeft(90)).toEqual({ unit: 'seconds', n: 90 });
  expect(timeLeft(121)).toEqual({ unit: 'minutes', n: 3 });
  expect(timeLeft(7_200)).toEqual({ unit: 'hours', n: 2 });
  expect(timeLeft(300_000)).toEqual({ unit: 'days', n: 4 });
});
