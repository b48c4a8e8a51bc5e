import { describe, expect, it } from 'vitest';
import { whyNot } from './states';

describe('removing an instance', () => {
  it.each(['creating', 'removing'] as const)(
    'is allowed while it is %s, for what a failure left, but not beside the job',
    (status) => {
      expect(whyNot('remove', status, false)).toBeNull();
      expect(whyNot('remove', status, true)).toBe('busy');
      expect(whyNot('start', status, false)).not.toBeNull();
    },
  );
});
