import { describe, expect, it } from 'vitest';
import { amountOf, LimitValue, toLimits, toOverride } from './limit-value';

describe('limits in forms', () => {
  const limits = { instances: 0, vcpus: null, memoryMiB: 4096, diskMiB: null };

  it('writes unlimited as a word and none as 0', () => {
    expect(toOverride(limits)).toEqual({
      instances: 0,
      vcpus: 'unlimited',
      memoryMiB: 4096,
      diskMiB: 'unlimited',
    });
  });

  it('comes back as it was', () => {
    expect(toLimits(toOverride(limits))).toEqual(limits);
  });

  it('has no amount where there is a word', () => {
    expect(amountOf('unlimited')).toBeNaN();
    expect(amountOf(0)).toBe(0);
  });

  it('may be no number while it is typed', () => {
    expect(LimitValue.parse(Number.NaN)).toBeNaN();
    expect(LimitValue.parse('unlimited')).toBe('unlimited');
  });
});
