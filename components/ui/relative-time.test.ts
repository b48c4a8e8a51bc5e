import { expect, it } from 'vitest';
import { formatDuration, relativeParts } from './relative-time';

it('says how long ago in the unit that people would use', () => {
  expect(relativeParts(2_000)).toEqual({ key: 'now' });
  expect(relativeParts(59_000)).toEqual({ key: 'secondsAgo', n: 59 });
  expect(relativeParts(3 * 60_000)).toEqual({ key: 'minutesAgo', n: 3 });
  expect(relativeParts(30 * 3_600_000)).toEqual({ key: 'hoursAgo', n: 30 });
  expect(relativeParts(72 * 3_600_000)).toEqual({ key: 'daysAgo', n: 3 });
  expect(relativeParts(-90_000)).toEqual({ key: 'inMinutes', n: 1 });
});

it('writes durations with two units at most', () => {
  expect([4_210, 42_000, 185_000, 7_800_000, 200_000_000].map(formatDuration)).toEqual([
    '4.2 s',
    '42 s',
    '3 min 5 s',
    '2 h 10 min',
    '2 d 7 h',
  ]);
});
