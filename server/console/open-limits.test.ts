import { describe, expect, it } from 'vitest';
import { openLimits, createOpenLimits } from './open-limits';

describe('limits of open consoles', () => {
  it('let a user have so many at once, and another when one is closed', () => {
    const limits = createOpenLimits(openLimits, () => 0);
    const leave = Array.from({ length: openLimits.atOnce }, () => limits.enter('ada'));
    expect(() => limits.enter('ada')).toThrow('open already');
    limits.enter('bob');
    leave[0]?.();
    leave[0]?.();
    limits.enter('ada');
    expect(() => limits.enter('ada')).toThrow('open already');
  });

  it('let a user open so many a minute, refused attempts included', () => {
    let now = 0;
    const limits = createOpenLimits(openLimits, () => now);
    for (let n = 0; n < openLimits.perMinute; n += 1) limits.enter('ada')();
    expect(() => limits.enter('ada')).toThrow('within a minute');
    limits.enter('bob')();
    now = 59_999;
    expect(() => limits.enter('ada')).toThrow('within a minute');
    now = 60_001;
    limits.enter('ada')();
  });
});
