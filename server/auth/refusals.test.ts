import { describe, expect, it } from 'vitest';
import { createRefusalLimit, refusalLimits } from './refusals';

describe('the record of refusals', () => {
  it('has one row a minute of what somebody tries again and again', () => {
    let now = 0;
    const isToBeRecorded = createRefusalLimit(() => now);
    expect(isToBeRecorded('ada', 'node.view')).toBe(true);
    now = 59_999;
    expect(isToBeRecorded('ada', 'node.view')).toBe(false);
    expect(isToBeRecorded('ada', 'node.remove')).toBe(true);
    expect(isToBeRecorded('bob', 'node.view')).toBe(true);
    now = 60_000;
    expect(isToBeRecorded('ada', 'node.view')).toBe(true);
    expect(isToBeRecorded('ada', 'node.remove')).toBe(false);
  });

  it('has so many rows a minute of one who always tries something else', () => {
    let now = 0;
    const isToBeRecorded = createRefusalLimit(() => now);
    const recorded = () =>
      Array.from({ length: 500 }, (_, n) => isToBeRecorded('ada', `instance ${n}`)).filter(Boolean).length;
    expect(recorded()).toBe(refusalLimits.rowsPerMinute);
    expect(isToBeRecorded('bob', 'instance 1')).toBe(true);
    now = 60_000;
    expect(recorded()).toBe(refusalLimits.rowsPerMinute);
  });

  it('remembers so many, and forgets who was refused longest ago', () => {
    const isToBeRecorded = createRefusalLimit(() => 0);
    const ask = (n: number) => isToBeRecorded(`user ${n}`, 'node.view');
    for (let n = 0; n < refusalLimits.rememberedActors; n += 1) ask(n);
    ask(0);
    ask(refusalLimits.rememberedActors);
    expect(ask(0)).toBe(false);
    expect(ask(1)).toBe(true);
  });
});
