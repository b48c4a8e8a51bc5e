import { describe, expect, it } from 'vitest';
import { formatAmount } from './format-amount';

describe('an amount of a resource', () => {
  it('has a unit where it is a size and none where it is a count', () => {
    expect(formatAmount('memoryMiB', 1536)).toBe('1.5 GiB');
    expect(formatAmount('vcpus', 12)).toBe('12');
  });
});
